import { describe, expect, it } from '@jest/globals';
import { sampleEvent } from '../testing/sample-event.js';
import type { EventDoc } from '../ledger/documents.js';
import { resolved } from './inherit.js';

const doc = (id: string, parts: Parameters<typeof sampleEvent>[0]): EventDoc => {
  const { id: _id, ...rest } = sampleEvent({ id, ...parts });
  return { ...rest, _id: id, at: new Date(rest.receivedAt) };
};

const none = { clickId: null, affiliateId: null, coupon: null, how: 'none' } as const;
const first = doc('first', {
  type: 'SALE',
  order: { id: 'R1' },
  attribution: { clickId: 'c', affiliateId: 'anna', how: 'click' },
});

describe('what an event leaves out', () => {
  const upsell = (parts: object) =>
    doc('upsell', { type: 'SALE', order: { id: 'R2', parentId: 'R1' }, ...parts });

  it('an upsell under its own receipt has from the first sale', () => {
    const bare = upsell({ attribution: none });
    expect(resolved(bare, [first, bare]).attribution).toMatchObject({
      clickId: 'c',
      affiliateId: 'anna',
      how: 'click',
    });
  });

  it.each([
    ['an upsell with words of its own', { attribution: { ...none, coupon: 'K', how: 'coupon' } }],
    ['a sale that is nobody’s upsell', { attribution: none, order: { id: 'R2', parentId: null } }],
  ])('%s stays as it is', (_name, parts) => {
    const sale = upsell(parts);
    expect(resolved(sale, [first, sale])).toBe(sale);
  });

  it('nothing can be had of a first sale that is not there', () => {
    const bare = upsell({ attribution: none });
    expect(resolved(bare, [bare])).toBe(bare);
  });
});
