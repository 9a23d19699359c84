import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { isOurs } from '../../src/clicks/click-id.js';

const FILE = join(import.meta.dirname, '../../web/waybill-landing.js');
const CODE = readFileSync(FILE, 'utf8');
const OURS = 'k7q2m5a3xw4tzrb6hd2yfn5uge';
const TRACK = 'https://go.shop.example/track/web';

interface Page {
  readonly search: string;
  readonly beacon?: boolean | 'none' | 'throws';
  readonly track?: string | null;
}

/** A page as far as the snippet looks at it. */
function land({ search, beacon = true, track = TRACK }: Page) {
  const sent: { url: string; body: Record<string, string>; by: string }[] = [];
  const note = (by: string) => (url: string, body: string) => {
    if (beacon === 'throws') throw new Error('no network');
    sent.push({ by, url, body: JSON.parse(body) as Record<string, string> });
    return beacon === true;
  };
  const touched: string[] = [];
  const trap = (name: string) => ({
    get: () => {
      touched.push(name);
      throw new Error(`${name} is not ours`);
    },
  });
  const input = { value: '' };
  const link = { href: 'https://pay.example/buy?x=1', getAttribute: () => 'tid' };
  const document = Object.defineProperty(
    {
      currentScript: { getAttribute: () => track },
      querySelectorAll: (css: string) => (css.startsWith('input') ? [input] : [link]),
    },
    'cookie',
    trap('cookie'),
  );
  const window = Object.defineProperties(
    {
      location: { search },
      crypto: globalThis.crypto,
      navigator: beacon === 'none' ? {} : { sendBeacon: note('beacon') },
      fetch: (url: string, options: { body: string }) => {
        note('fetch')(url, options.body);
        return Promise.reject(new Error('hangs up'));
      },
    },
    { localStorage: trap('localStorage'), sessionStorage: trap('sessionStorage') },
  );
  vm.runInNewContext(CODE, { window, document, URLSearchParams, URL, Uint8Array });
  return { sent, input, link, touched };
}

describe('the landing snippet', () => {
  it('is smaller than 2 kB', () => expect(Buffer.byteLength(CODE)).toBeLessThan(2048));

  it.each(['ref', 'tap_a'])('tells a click of its own for %s, and hands its id on', (name) => {
    const { sent, input, link } = land({
      search: `?${name}=anna&utm_source=news&sub1=top&email=x`,
    });
    expect(sent).toHaveLength(1);
    const [{ url, body } = { url: '', body: {} as Record<string, string> }] = sent;
    const { click_id: id = '' } = body;
    expect([url, isOurs(id)]).toEqual([TRACK, true]);
    expect(body).toEqual({
      type: 'CLICK',
      click_id: id,
      affiliate_id: 'anna',
      utm_source: 'news',
      sub1: 'top',
    });
    expect([input.value, link.href]).toEqual([id, `https://pay.example/buy?x=1&tid=${id}`]);
  });

  it('mints another id for every visitor', () => {
    const ids = Array.from({ length: 200 }, () => land({ search: '?ref=a' }).input.value);
    expect(new Set(ids).size).toBe(200);
    expect(ids.filter((id) => !isOurs(id))).toEqual([]);
  });

  it('tells nothing of a click that the gateway minted, but hands it on', () => {
    const { sent, input } = land({ search: `?click_id=${OURS}&ref=anna` });
    expect([sent, input.value]).toEqual([[], OURS]);
  });

  it('tells of a click that somebody else named', () => {
    const { sent } = land({ search: '?cid=their-77' });
    expect(sent.map(({ body }) => body['click_id'])).toEqual(['their-77']);
  });

  it('does nothing without a reference, and nothing without an address', () => {
    expect(land({ search: '?x=1' }).sent).toEqual([]);
    expect(land({ search: '?ref=a', track: null }).sent).toEqual([]);
  });

  it.each(['none', false] as const)('falls back to fetch where a beacon is %s', (beacon) => {
    const { sent } = land({ search: '?ref=a', beacon });
    expect(sent.at(-1)?.by).toBe('fetch');
  });

  it('keeps out of cookies and storage, and never breaks the page', () => {
    expect(land({ search: '?ref=a' }).touched).toEqual([]);
    expect(() => land({ search: '?ref=a', beacon: 'throws' })).not.toThrow();
  });
});
