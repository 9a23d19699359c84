import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expandOfferUrl, OFFER_MACROS, offerUrlFault } from './offer-url.js';

const TEMPLATE =
  'https://shop.example/buy/{sub1}/go;{placement}?tid={click_id}&a={affiliate_id}&u={utm_source}#{sub2}';

/** Values by which open redirects are tried: other hosts, schemes, escapes, and what parsers disagree about. */
const HOSTILE = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example',
  'https:evil.example',
  'HtTpS:/\\evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '@evil.example',
  'x@evil.example/',
  ':443@evil.example',
  '.evil.example',
  '%2f%2fevil.example',
  '%252f%252fevil.example',
  '%00//evil.example',
  '%0d%0aLocation: https://evil.example',
  '\r\nLocation: https://evil.example',
  '\t//evil.example',
  '\u0000//evil.example',
  '\u2028//evil.example',
  '../../../..//evil.example',
  '..',
  '.',
  '%2e%2e',
  '..;/',
  '?next=//evil.example',
  '#//evil.example',
  '{click_id}',
  '$&$1',
  '／／evil.example',
  '。evil.example',
  '\ud800',
  '￠evil',
  '&tid=other',
];

const stays = (values: Record<string, string>): void => {
  const location = expandOfferUrl(TEMPLATE, values);
  // What a header may hold, whoever reads it.
  expect(location).toMatch(/^[\x21-\x7e]+$/);
  for (const url of [new URL(location), new URL(location, 'https://other.example')]) {
    expect([url.origin, url.username, url.password]).toEqual(['https://shop.example', '', '']);
    expect(url.pathname).toMatch(/^\/buy\/[^/]*\/go;[^/]*$/);
    expect([...url.searchParams.keys()]).toEqual(['tid', 'a', 'u']);
  }
};

describe('the URL of an offer', () => {
  it.each(HOSTILE)('is not left by %j', (value) => {
    for (const name of OFFER_MACROS) stays({ [name]: value });
    stays(Object.fromEntries(OFFER_MACROS.map((name) => [name, value])));
  });

  it('is not left by anything', () => {
    const part = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('/', '\\', '.', ':', '@', '%', '?', '#', '{', '}'),
    );
    const value = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const values = fc.record(Object.fromEntries(OFFER_MACROS.map((name) => [name, value])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(values, (given) => stays(given as Record<string, string>)),
      {
        numRuns: 500,
      },
    );
  });

  it('hands values on as they are, in the form that belongs there', () => {
    const told = expandOfferUrl('https://s.example/?a={affiliate_id}&b={sub1}&c={sub2}', {
      affiliate_id: 'a b&c=d',
      sub1: 'ü/é',
      sub2: null,
    });
    const { searchParams } = new URL(told);
    expect(Object.fromEntries(searchParams)).toEqual({ a: 'a b&c=d', b: 'ü/é', c: '' });
  });

  it.each([
    ['https://s.example/?x={clickid}', /unknown macro \{clickid\}; did you mean "click_id"/],
    ['https://s.example/?x={toString}', /unknown macro/],
    ['https://s.example/?x={click_id', /not closed/],
  ])('is judged before it is used: %s', (template, wanted) => {
    expect(offerUrlFault(template)).toMatch(wanted);
  });

  it('is right with every macro that there is', () => {
    const all = OFFER_MACROS.map((name) => `{${name}}`).join('-');
    expect(offerUrlFault(`https://s.example/?x=${all}`)).toBeUndefined();
  });
});
