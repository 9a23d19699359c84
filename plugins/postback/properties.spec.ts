import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_TYPES, isSkip, type CanonicalEvent, type HttpRequest } from '#contract';
import { sampleEvent, SAMPLE_NOW } from '../../src/testing/sample-event.js';
import { DELIMITERS, written } from './macro/token.js';
import plugin from './index.js';
import { PostbackSettings } from './settings.js';

const HISTORY = { entries: [], steps: [], now: SAMPLE_NOW, attempt: 1 };

function request(parts: Partial<PostbackSettings>, event: CanonicalEvent): HttpRequest | undefined {
  const settings = Object.assign(new PostbackSettings(), parts);
  expect(plugin.lint?.(settings)).toEqual([]);
  const built = plugin.build(event, settings, HISTORY);
  return isSkip(built) ? undefined : (built as HttpRequest);
}

/** What an attacker, a tracker or a person may put into a click id. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('./\\@:#?&=%+ {}|"\'<>;\r\n\té😀0a')),
    minLength: 1,
    maxLength: 30,
  }),
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2E.',
    '//evil.example',
    '@evil.example',
    'a\r\nHost: evil',
    '{payout}',
    '\ud800',
  ),
);

const eventOf = (clickId: string, orderId = 'ORD1'): CanonicalEvent =>
  sampleEvent({ attribution: { clickId, subIds: [clickId] }, order: { id: orderId } });

/** The text that a macro stands for: trimmed, at most 256 characters, half surrogates replaced. */
const known = (text: string): string =>
  text
    .trim()
    .slice(0, 256)
    .replace(/\p{Surrogate}/gu, '\ufffd');

describe('a URL', () => {
  const url =
    'https://tracker.example:8443/a/{click_id}/b-{sub1|raw}/{order_id|raw}/postback?cid={click_id}&r={order_id|raw}&{sub1}&u={sub1|urlencode}&et={event_type}';

  it('keeps scheme, host, port, depth of path and parameter names, whatever the values', () => {
    fc.assert(
      fc.property(hostile, hostile, (click, order) => {
        const built = request({ url }, eventOf(click, order));
        if (!built) return;
        const parsed = new URL(built.url);
        expect(parsed.href).toBe(built.url);
        expect(parsed.origin).toBe('https://tracker.example:8443');
        expect([parsed.username, parsed.password, parsed.hash]).toEqual(['', '', '']);
        const segments = parsed.pathname.split('/');
        expect([segments.length, segments[1], segments.at(-1)]).toEqual([6, 'a', 'postback']);
        const names = parsed.search
          .slice(1)
          .split('&')
          .map((pair) => pair.split('=', 1)[0]);
        expect(names.filter((_, at) => at !== names.length - 3)).toEqual(
          names.length === 5 ? ['cid', 'r', 'u', 'et'] : ['cid', 'u', 'et'],
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('brings every value back through a URL parser', () => {
    fc.assert(
      fc.property(hostile, (click) => {
        const built = request(
          { url: 'https://t.example/p?cid={click_id}&s={sub1}' },
          eventOf(click),
        );
        if (!built) return;
        const { searchParams } = new URL(built.url);
        expect([...searchParams]).toEqual([
          ['cid', known(click)],
          ['s', known(click)],
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  it('says the same in every manner of writing macros', () => {
    fc.assert(
      fc.property(hostile, (click) => {
        const urls = DELIMITERS.map(
          (delimiters) =>
            request(
              { url: `https://t.example/p?cid=${written(delimiters, 'Click_ID')}&x=1`, delimiters },
              eventOf(click),
            )?.url,
        );
        expect(new Set(urls).size).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  it('never leaves a macro or white space in what it sends', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...EVENT_TYPES), (click, type) => {
        const event = { ...eventOf(click, click), type };
        const built = request({ url, headers: { 'X-Click': '{click_id}!' } }, event);
        expect(built?.url ?? '').not.toMatch(/[\s{}]/);
        expect(built?.headers?.['X-Click'] ?? '').toMatch(/^[ -~]*$/);
      }),
    );
  });
});

describe('a body', () => {
  it('is JSON for any value, and brings it back', () => {
    const body =
      '{"whole":"{click_id}","inside":"<{sub1}>","bare":{order_id},"n":{payout},"l":["{sub1}","{sub2}"]}';
    fc.assert(
      fc.property(hostile, hostile, (click, order) => {
        const built = request(
          { url: 'https://t.example/p', method: 'POST', body },
          eventOf(click, order),
        );
        if (!built) return;
        const read = JSON.parse(built.body ?? '') as Record<string, unknown>;
        expect(read['whole']).toBe(known(click));
        expect(read['inside']).toBe(`<${known(click)}>`);
        expect(read['l']).toEqual([known(click)]);
        expect(read['n']).toBe(24.5);
        if ('bare' in read) expect(read['bare']).toBe(known(order));
      }),
      { numRuns: 1000 },
    );
  });

  it('is a form for any value, and brings it back', () => {
    fc.assert(
      fc.property(hostile, (click) => {
        const parts = {
          url: 'https://t.example/p',
          method: 'POST' as const,
          body: 'a={click_id}&b=x{sub1}',
        };
        const built = request(parts, eventOf(click));
        if (!built) return;
        expect([...new URLSearchParams(built.body)]).toEqual([
          ['a', known(click)],
          ['b', `x${known(click)}`],
        ]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('money', () => {
  it('is exact for any amount, in decimals, cents and rounded', () => {
    const url =
      'https://t.example/p?et={event_type}&a={amount}&c={amount|cents}&n={amount|number:2}';
    const currencies = [
      ['USD', 2],
      ['JPY', 0],
      ['KWD', 3],
    ] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        fc.constantFrom(...currencies),
        (amount, [currency, digits]) => {
          const event = sampleEvent({ revenue: { amount, currency } });
          const read = new URL(request({ url }, event)?.url ?? '').searchParams;
          expect(read.get('c')).toBe(String(amount));
          expect((read.get('a') ?? '').replace('.', '').replace(/^0+(?=\d)/, '')).toBe(
            String(amount),
          );
          expect((read.get('a') ?? '').split('.')[1]?.length ?? 0).toBe(digits);
          const thousandths = BigInt(amount) * 10n ** BigInt(3 - digits);
          expect((read.get('n') ?? '').replace('.', '').replace(/^0+(?=\d)/, '')).toBe(
            String((thousandths + 5n) / 10n),
          );
        },
      ),
    );
  });
});
