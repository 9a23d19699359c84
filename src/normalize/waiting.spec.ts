import { describe, expect, it } from '@jest/globals';
import type { EventDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';
import { Waiting } from './waiting.js';

const START = Date.parse('2026-11-20T10:00:00Z');
const MINUTE = 60_000;

interface Asked {
  readonly at?: { readonly $gte: Date; readonly $lte: Date };
  readonly _id?: { readonly $in: readonly string[] };
}

/** A ledger of conversions, one per second, of which those in `answers` have their answer. */
function world(count: number) {
  const events = Array.from(
    { length: count },
    (_unused, n) => ({ _id: `e${n}`, at: new Date(START + n * 1000) }) as EventDoc,
  );
  const answers = new Set<string>();
  let read = 0;
  const find = ({ at, _id }: Asked) => {
    const found = at
      ? events.filter((one) => one.at >= at.$gte && one.at <= at.$lte)
      : [...answers].filter((id) => _id?.$in.includes(id)).map((id) => ({ _id: id }));
    const cursor = (docs: readonly unknown[]): object => ({
      sort: () => cursor(docs),
      limit: (most: number) => cursor(docs.slice(0, most)),
      toArray: () => {
        if (at) read += docs.length;
        return Promise.resolve(docs);
      },
    });
    return cursor(found);
  };
  const store = { events: { find } } as unknown as Pick<LedgerStore, 'events'>;
  const waiting = new Waiting(store, ({ _id }) => `answer-${_id}`);
  const run = async (until: number, isFound: (id: string) => boolean) => {
    read = 0;
    const seen: string[] = [];
    const answered = await waiting.each(until, (event) => {
      seen.push(event._id);
      const found = isFound(event._id);
      if (found) answers.add(`answer-${event._id}`);
      return Promise.resolve(found);
    });
    return { seen, answered, read };
  };
  return { run };
}

describe('conversions that wait', () => {
  it('are all looked at, however many there are, oldest first', async () => {
    const { run } = world(3000);
    const { seen, answered } = await run(START + 3000 * 1000, () => true);
    expect([seen.length, seen[0], seen.at(-1), answered]).toEqual([3000, 'e0', 'e2999', 3000]);
  });

  it('are not read again long after they have their answers', async () => {
    const { run } = world(3000);
    const until = START + 3000 * 1000;
    await run(until, () => true);
    const again = await run(until + MINUTE, () => true);
    expect(again.seen).toEqual([]);
    // What came in the last ten minutes.
    expect(again.read).toBeLessThan(610);
  });

  it('are looked at again as long as one of them has none', async () => {
    const { run } = world(100);
    const until = START + 100 * 1000;
    await run(until, (id) => id !== 'e0');
    expect((await run(until + 60 * MINUTE, () => false)).seen).toEqual(['e0']);
    expect((await run(until + 61 * MINUTE, () => true)).seen).toEqual(['e0']);
    expect((await run(until + 62 * MINUTE, () => true)).seen).toEqual([]);
  });

  it('are looked at only when their time has come', async () => {
    const { run } = world(100);
    expect((await run(START + 10 * 1000, () => true)).seen).toHaveLength(11);
    expect((await run(START + 20 * 1000, () => true)).seen).toHaveLength(10);
  });
});
