import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP } from '#contract';
import { enrich } from './enrich.js';
import { ActiveCampaignCredentials, ActiveCampaignSettings } from './settings.js';

const credentials = Object.assign(new ActiveCampaignCredentials(), {
  apiUrl: 'https://acme.api-us1.com/',
  apiKey: 'not-a-real-key',
});

const context = { settings: new ActiveCampaignSettings(), step: 0 };

const draftOf = (id: string) =>
  factDraft({
    object: 'deal',
    id,
    type: 'SALE',
    nativeType: 'deal:won',
    test: false,
    occurredAt: null,
    revenue: { amount: 4_900_000, currency: 'USD' },
    flags: [NOT_LOOKED_UP],
  });

const answer = (deal: unknown, status = 200) => ({
  status,
  headers: {},
  body: JSON.stringify({ deal }),
});

describe('look-ups at ActiveCampaign', () => {
  it('read the deal once, with the key in a header', () => {
    expect(enrich.wants(draftOf('91'), credentials, 0)).toBe(true);
    expect(enrich.wants(draftOf('91'), credentials, 1)).toBe(false);
    expect(enrich.wants(draftOf('91/../1'), credentials, 0)).toBe(false);
    expect(enrich.wants(draftOf('91'), new ActiveCampaignCredentials(), 0)).toBe(false);
    expect(enrich.build(draftOf('91'), credentials, context)).toEqual({
      method: 'GET',
      url: 'https://acme.api-us1.com/api/3/deals/91',
      headers: { 'api-token': 'not-a-real-key', accept: 'application/json' },
    });
  });

  it('let the API, whose unit is known, settle the amount', () => {
    const told = enrich.apply(draftOf('91'), answer({ value: '49000', currency: 'usd' }), context);
    expect(told?.revenue).toEqual({ amount: 49_000, currency: 'USD' });
    expect(told?.flags).toEqual(['amount-corrected']);
    const same = enrich.apply(
      draftOf('91'),
      answer({ value: 4_900_000, currency: 'usd' }),
      context,
    );
    expect(same).not.toHaveProperty('flags');
    const odd = enrich.apply(draftOf('91'), answer({ value: 'x', currency: 'usd' }), context);
    expect(odd?.flags).toEqual(['amount-unreadable']);
    expect(enrich.apply(draftOf('91'), answer({}, 404), context)).toEqual(draftOf('91'));
  });
});
