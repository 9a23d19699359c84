import { describe, expect, it } from '@jest/globals';
import { shopAttribution } from './shop.js';

describe('attribution by the names of a shop', () => {
  it('takes the first usual name that holds an id, and the names that the user chose instead', () => {
    const texts = { click_id: '{click}', clickid: 'c1', ref: 'r9', aff: 'a7' };
    expect(shopAttribution(texts, {})).toEqual({ clickId: 'c1', affiliateId: 'a7' });
    expect(shopAttribution(texts, { clickIdFrom: ['ref'], affiliateIdFrom: [] })).toEqual({
      clickId: 'r9',
    });
  });

  it('reads sub ids in their order, utm values and the rest', () => {
    const texts = {
      sub2: 'b',
      aff_sub1: 'a',
      utm_source: 'mail',
      campaign: 'k',
      offer_id: 'o',
      placement: 'p',
    };
    expect(shopAttribution(texts, {}, 'SPRING')).toEqual({
      coupon: 'SPRING',
      campaignId: 'k',
      offerId: 'o',
      placement: 'p',
      utm: { source: 'mail' },
      subIds: ['a', 'b'],
    });
    expect(shopAttribution({ coupon: 'OWN' }, {}, 'SPRING')).toEqual({ coupon: 'OWN' });
    expect(shopAttribution({}, {})).toBeUndefined();
  });
});
