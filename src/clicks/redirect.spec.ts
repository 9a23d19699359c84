import { describe, expect, it, jest } from '@jest/globals';
import type { Configuration } from '../accounts/configuration.js';
import type { Offer } from '../accounts/model.js';
import type { TouchDoc } from '../ledger/documents.js';
import { fakeClock } from '../testing/fake-clock.js';
import type { ClickWriter } from './click-writer.js';
import { Redirect, VISITOR_WAITS_MS } from './redirect.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const OFFER: Offer = {
  id: 'keto',
  url: 'https://shop.example/?tid={click_id}',
  fallbackUrl: null,
  programme: null,
  cookie: true,
};

function world(keep: () => Promise<void>, offer = OFFER) {
  const kept: TouchDoc[] = [];
  const configuration = {
    offer: (id: string) => (id === offer.id ? offer : undefined),
    programme: () => undefined,
  } as unknown as Configuration;
  const writer = {
    keep: (touch: TouchDoc) => {
      kept.push(touch);
      return keep();
    },
  } as unknown as ClickWriter;
  const redirect = new Redirect(configuration, writer, fakeClock(NOW));
  const click = (cookie?: string) =>
    redirect.click({ offer: 'keto', query: '', cookie, silent: false });
  return { kept, redirect, click };
}

describe('the redirect', () => {
  it('waits for the disk, but never longer than 50 ms', async () => {
    const { click } = world(() => new Promise<void>(() => undefined));
    jest.useFakeTimers();
    try {
      const seen: number[] = [];
      void click().then(({ status }) => seen.push(status));
      await jest.advanceTimersByTimeAsync(VISITOR_WAITS_MS - 1);
      expect(seen).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(seen).toEqual([302]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes on only when the click is stored, where that is quick', async () => {
    let stored = false;
    const { click } = world(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      stored = true;
    });
    await click();
    expect(stored).toBe(true);
  });

  it('tells of the click after its answer, not before', async () => {
    const { redirect, click } = world(() => Promise.resolve());
    const heard: string[] = [];
    redirect.onTouch((offer, touch) => heard.push(`${offer.id} ${touch._id}`));
    const { location } = await click();
    expect(heard).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(heard).toEqual([`keto ${/tid=(\w+)/.exec(location ?? '')?.[1]}`]);
  });

  it('knows a browser again by its cookie, and believes no cookie that it did not make', async () => {
    const { kept, click } = world(() => Promise.resolve());
    const visitor = `${'a'.repeat(25)}e`;
    await click(`x=y; wb_visitor=${visitor}; z=1`);
    await click('wb_visitor=admin');
    await click(`wb_visitor=${'b'.repeat(9000)}`);
    expect(kept[0]?.visitor).toBe(visitor);
    for (const touch of kept.slice(1)) expect(touch.visitor).toBe(touch._id);
  });

  it('reads no cookie where the offer sets none', async () => {
    const { kept, click } = world(() => Promise.resolve(), { ...OFFER, cookie: false });
    await click(`wb_visitor=${'a'.repeat(25)}e`);
    expect(kept[0]?.visitor).toBe(kept[0]?._id);
  });

  it('leads to the fallback from the last moment of an offer on', async () => {
    const fallbackUrl = 'https://shop.example/other';
    const at = async (endsAt: number) =>
      (await world(() => Promise.resolve(), { ...OFFER, endsAt, fallbackUrl }).click()).location;
    expect(await at(NOW)).toBe(fallbackUrl);
    expect(await at(NOW + 1)).toMatch(/tid=/);
  });
});
