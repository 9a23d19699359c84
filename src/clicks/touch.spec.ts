import { describe, expect, it } from '@jest/globals';
import type { Offer } from '../accounts/model.js';
import type { EventDoc } from '../ledger/documents.js';
import { sampleEvent } from '../testing/sample-event.js';
import { touchOf, touchOfEvent } from './touch.js';

const OFFER: Offer = { id: 'keto', url: 'https://s.example/', fallbackUrl: null, programme: null };

const touch = (query: string) =>
  touchOf({
    clickId: 'c',
    kind: 'click',
    offer: OFFER,
    programme: undefined,
    visitor: undefined,
    query,
    at: 0,
  });

describe('what a link says', () => {
  it.each([
    ['ref=anna&utm_campaign=50%off', 'anna', { campaign: '50%off' }],
    ['utm_term=%E4%F6&ref=anna', 'anna', { term: '\ufffd\ufffd' }],
    ['%&ref=anna', 'anna', {}],
    ['REF=anna&UTM_Source=News', 'anna', { source: 'News' }],
    ['aff=first&aff=second', 'first', {}],
    ['ref=&aff=anna', 'anna', {}],
    ['', null, {}],
  ])('is read as it was meant: %s', (query, affiliate, utm) => {
    expect(touch(query)).toMatchObject({ affiliate, utm });
  });

  it.each([
    ['sub1=a&sub3=c', ['a', '', 'c']],
    ['s3=c', ['', '', 'c']],
    ['aff_sub=a&aff_sub2=b', ['a', 'b']],
    ['sub2=b&sub1=a', ['a', 'b']],
    ['sub11=x&sub0=y&sub99=z', []],
    ['sub1=a%40b.example&sub2=b', ['', 'b']],
    ['sub10=j', ['', '', '', '', '', '', '', '', '', 'j']],
  ])('keeps every sub id in its place: %s', (query, subIds) => {
    expect(touch(query).subIds).toEqual(subIds);
  });

  it('takes no name of the language for one of its own', () => {
    const { utm, affiliate } = touch('__proto__=x&constructor=y&utm___proto__=z');
    expect([utm, affiliate, ({} as Record<string, unknown>)['x']]).toEqual([{}, null, undefined]);
  });
});

describe('a click that came as an event', () => {
  it('keeps sub ids in their places, and nothing personal', () => {
    const { id: _id, ...rest } = sampleEvent({
      type: 'CLICK',
      attribution: {
        clickId: 'c',
        affiliateId: 'a@b.example',
        subIds: ['', 'x', 'a@b.example', 'y', ''],
      },
    });
    const event: EventDoc = { ...rest, _id: 'e', at: new Date(0) };
    expect(touchOfEvent(event)).toMatchObject({ affiliate: null, subIds: ['', 'x', '', 'y'] });
  });
});
