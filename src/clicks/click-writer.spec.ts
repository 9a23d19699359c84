import { describe, expect, it, jest } from '@jest/globals';
import type { TouchDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { ClickWriter } from './click-writer.js';
import { HOT_ORDERS, HotClicks } from './hot-clicks.js';

const touch = (id: string): TouchDoc => ({ _id: id, kind: 'click', offer: 'o' }) as TouchDoc;

/** A collection that is away until it is told to come back. */
function world() {
  const kept: TouchDoc[] = [];
  const state = { away: true };
  const insertMany = jest.fn((docs: TouchDoc[]) => {
    if (state.away) return Promise.reject(new Error('no primary'));
    kept.push(...docs);
    return Promise.resolve({});
  });
  const store = { touches: { insertMany } } as unknown as LedgerStore;
  const metrics = new Metrics();
  const writer = new ClickWriter(store, metrics, createLog('silent'));
  const counts = async (): Promise<Record<string, number>> => {
    const { values } = await metrics.clicks.get();
    return Object.fromEntries(
      values.map(({ labels, value }) => [String((labels as { result?: string }).result), value]),
    );
  };
  return { kept, state, writer, counts, insertMany };
}

describe('the writer of clicks', () => {
  it('keeps what MongoDB did not take, marks it as late, and loses none', async () => {
    const { kept, state, writer, counts } = world();
    const all = Array.from({ length: 50 }, (_unused, n) => writer.keep(touch(`c${n}`)));
    expect(writer.depth).toBe(50);
    await new Promise((resolve) => setImmediate(resolve));
    state.away = false;
    await Promise.all(all);
    expect(new Set(kept.map(({ _id }) => _id)).size).toBe(50);
    expect(kept.every(({ fresh }) => fresh === true)).toBe(true);
    expect(await counts()).toEqual({ late: 50 });
    await writer.keep(touch('now'));
    expect(kept.at(-1)).not.toHaveProperty('fresh');
    expect(await counts()).toEqual({ late: 50, stored: 1 });
  });

  it('shares one write among those that come together', async () => {
    const { state, writer, insertMany } = world();
    state.away = false;
    await Promise.all(Array.from({ length: 100 }, (_unused, n) => writer.keep(touch(`c${n}`))));
    expect(insertMany.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('gives up, and says so, what is still waiting when the process ends', async () => {
    const { writer, counts } = world();
    const kept = writer.keep(touch('c1'));
    await writer.stop();
    await kept;
    expect(await counts()).toEqual({ lost: 1 });
  });
});

describe('hot clicks', () => {
  const event = (clickId: string | null, order: string) =>
    ({ _id: order, attribution: { clickId }, order: { id: order } }) as never;

  it('are those with more than five orders, however often each is told', () => {
    const hot = new HotClicks();
    for (let n = 1; n <= HOT_ORDERS; n += 1)
      for (let again = 0; again < 3; again += 1) expect(hot.sees(event('c', `o${n}`))).toBe(false);
    expect(hot.sees(event('other', 'o9'))).toBe(false);
    expect(hot.sees(event('c', 'o6'))).toBe(true);
    expect(hot.sees(event('c', 'o1'))).toBe(true);
    expect(hot.sees(event(null, 'o1'))).toBe(false);
  });
});
