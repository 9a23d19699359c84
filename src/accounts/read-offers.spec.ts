import { describe, expect, it } from '@jest/globals';
import { linesOf, load } from './toys.spec-kit.js';

const GOOD = `
offers:
  - { id: keto, url: "https://shop.example/?tid={click_id}", fallbackUrl: "https://shop.example/", programme: main }
  - { id: plain, url: "https://shop.example/x" }
programmes:
  - { id: main, model: first-touch, baseCurrency: eur, windowDays: 60, onePerClick: true }
  - { id: usual }
`;
const swap = (from: string, to: string): string => GOOD.replace(from, to);

describe('offers and programmes', () => {
  it('are read, with the defaults of the trade', async () => {
    const config = await load(GOOD);
    expect(config.offers[1]).toEqual({
      id: 'plain',
      url: 'https://shop.example/x',
      fallbackUrl: null,
      programme: null,
    });
    expect(config.offers[0]?.programme).toBe('main');
    expect(config.programmes).toEqual([
      { id: 'main', model: 'first-touch', baseCurrency: 'EUR', windowDays: 60, onePerClick: true },
      { id: 'usual', model: 'last-touch', baseCurrency: 'USD', windowDays: 30, onePerClick: false },
    ]);
  });

  it('may end, pay, set cookies, and belong to an account of our own source', async () => {
    const more = 'endsAt: 2026-12-01, payout: "25.00", currency: EUR, cookie: true';
    const config = await load(swap('shop.example/x" }', `shop.example/x", ${more} }`));
    expect(config.offer('plain')).toMatchObject({
      endsAt: Date.parse('2026-12-01T00:00:00Z'),
      payout: { amount: 2500, currency: 'EUR' },
      cookie: true,
    });
    expect(config.programme('main')?.windowDays).toBe(60);
  });

  it.each([
    [
      swap('shop.example/x" }', 'shop.example/?x={clickid}" }'),
      'offers[1].url: holds the unknown macro {clickid}; did you mean "click_id"?',
    ],
    [
      swap('shop.example/x" }', 'shop.example/x", account: web }'),
      'offers[1].account: needs an account whose source is track',
    ],
    [
      swap('shop.example/x" }', 'shop.example/x", endsAt: soon }'),
      'offers[1].endsAt: must be a date, or a time with its offset',
    ],
    [
      swap('shop.example/x" }', 'shop.example/x", payout: "-1.00" }'),
      'offers[1].payout: must be an amount of USD',
    ],
    [swap('id: plain', 'id: KETO'), 'offers[1].id: is already the id of offers[0]'],
    [swap('url: "https://shop.example/x"', ''), 'offers[1].url: is required'],
    [
      swap('https://shop.example/x', 'http://shop.example/x'),
      'offers[1].url: must start with https://',
    ],
    [
      swap('https://shop.example/x', 'shop.example'),
      'offers[1].url: must be an absolute https:// URL',
    ],
    [
      swap('https://shop.example/x', 'https://{sub1}.example/'),
      'offers[1].url: must not hold a macro',
    ],
    [
      swap('https://shop.example/x', 'https://good.example@evil.example/'),
      'offers[1].url: must not hold a macro, user',
    ],
    [
      swap('fallbackUrl: "https', 'fallbackUrl: "ftp'),
      'offers[0].fallbackUrl: must be an absolute https:// URL',
    ],
    [
      swap('programme: main', 'programme: mian'),
      'offers[0].programme: names the unknown programme "mian"; did you mean "main"?',
    ],
    [
      swap('model: first-touch', 'model: linear'),
      'programmes[0].model: must be one of: last-touch, first-touch',
    ],
    [
      swap('baseCurrency: eur', 'baseCurrency: EURO'),
      'programmes[0].baseCurrency: must be an ISO 4217 code',
    ],
    [
      swap('windowDays: 60', 'windowDays: 0'),
      'programmes[0].windowDays: must be a whole number from 1',
    ],
    [
      swap('onePerClick: true', 'onePerClick: sometimes'),
      'programmes[0].onePerClick: must be true or false',
    ],
    [
      swap('windowDays', 'windowDay'),
      'programmes[0].windowDay: is not a setting; did you mean "windowDays"?',
    ],
  ])('fault %#', async (yaml, expected) => {
    expect(await linesOf(yaml)).toContainEqual(expect.stringContaining(expected));
  });
});
