import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from '@jest/globals';
import { MAX_BEHIND, TailStream, type TailParts } from './tail-stream.js';
import type { Fact } from './fact-feed.js';

const fact = { kind: 'receipts', at: 1, doc: {} } as unknown as Fact;

const parts = (more: Partial<TailParts> = {}): TailParts => ({
  feed: { next: () => Promise.resolve([]), place: 1 },
  view: () => ({ text: 'x'.repeat(10_000) }),
  allowed: () => Promise.resolve(true),
  now: () => Date.now(),
  everyMs: 1,
  heartbeatMs: 60_000,
  ...more,
});

/** Everything that a quick reader hears until `enough`. */
async function heard(stream: TailStream, enough: (text: string) => boolean): Promise<string> {
  let text = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      if (enough(text)) stream.finish();
      done();
    },
  });
  await pipeline(stream, sink);
  return text;
}

describe('a tail', () => {
  it('cuts a reader off that does not read, rather than keep everything for it', async () => {
    const feed = { next: () => Promise.resolve([fact, fact, fact]), place: 1 };
    const stream = new TailStream(parts({ feed }));
    const stalled = new Writable({ highWaterMark: 1, write: () => undefined });
    await expect(pipeline(stream, stalled)).rejects.toThrow('too slow');
    expect(stream.readableLength).toBeLessThan(MAX_BEHIND + 100_000);
  });

  it('says that it is alive while nothing happens', async () => {
    let now = 0;
    const stream = new TailStream(parts({ now: () => (now += 10_000), heartbeatMs: 15_000 }));
    expect(await heard(stream, (text) => text.includes(': alive'))).toMatch(
      /^: listening\nretry: 2000\n\n: alive\n\n/,
    );
  });

  it('ends when the key of its reader has ended', async () => {
    const allowed = () => Promise.resolve(false);
    const stream = new TailStream(parts({ allowed, heartbeatMs: 0 }));
    expect(await heard(stream, () => false)).toBe(': listening\nretry: 2000\n\n');
  });

  it('outlives a ledger that cannot be read for a while', async () => {
    let looks = 0;
    const next = () => {
      looks += 1;
      return looks === 1 ? Promise.reject(new Error('away')) : Promise.resolve([fact]);
    };
    const stream = new TailStream(parts({ feed: { next, place: 7 } }));
    const text = await heard(stream, (so) => so.includes('event: '));
    expect(text).toContain(
      ': the ledger cannot be read right now\n\nevent: receipt\nid: 7\ndata: ',
    );
  });
});
