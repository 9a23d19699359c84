import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fact, FactFeed } from './fact-feed.js';

/** A reader that is behind by more than this is cut off: it can go on from its last id. */
export const MAX_BEHIND = 1_048_576;

const NAMES: Readonly<Record<Fact['kind'], string>> = {
  receipts: 'receipt',
  events: 'event',
  deliveries: 'delivery',
};

/** For what was said before the end (milliseconds). */
const LAST_WORDS_MS = 1000;

export interface TailParts {
  readonly feed: Pick<FactFeed, 'next' | 'place'>;
  /** As this reader may see it. */
  readonly view: (fact: Fact) => object;
  /** False: the key of the reader has ended. */
  readonly allowed: () => Promise<boolean>;
  readonly now: () => number;
  /** Between two looks, milliseconds. */
  readonly everyMs: number;
  /** At least so often something goes out, milliseconds. */
  readonly heartbeatMs: number;
}

/** One event of the stream (WHATWG server-sent events). */
const sent = (fact: Fact, place: number, view: TailParts['view']): string =>
  `event: ${NAMES[fact.kind]}\nid: ${place}\ndata: ${JSON.stringify(view(fact))}\n\n`;

/** The facts of a feed as server-sent events, until the reader goes, falls behind or may not read any more. */
export class TailStream extends Readable {
  private readonly gone = new AbortController();
  private over = false;
  /** When something went out last, epoch ms. */
  private saidAt: number;

  constructor(private readonly parts: TailParts) {
    super({ read: () => undefined });
    this.saidAt = parts.now();
    // Readers learn at once that they are listening, and how soon to come again.
    this.say(': listening\nretry: 2000\n\n');
    void this.pump();
  }

  /** The end of the stream: the reader comes again by itself, here or at another replica. */
  finish(): void {
    if (this.over) return;
    this.over = true;
    this.gone.abort();
    this.push(null);
    // Who does not read would hold up the end of the process.
    setTimeout(() => this.destroy(), LAST_WORDS_MS).unref();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.over = true;
    this.gone.abort();
    done(error);
  }

  private say(text: string): void {
    if (this.over) return;
    this.saidAt = this.parts.now();
    this.push(text);
    if (this.readableLength > MAX_BEHIND) this.destroy(new Error('the reader is too slow'));
  }

  private async pump(): Promise<void> {
    const { now, everyMs, heartbeatMs } = this.parts;
    while (!this.over) {
      await this.round();
      if (now() - this.saidAt >= heartbeatMs) {
        if (await this.stillAllowed()) this.say(': alive\n\n');
        else this.finish();
      }
      const { signal } = this.gone;
      await wait(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** A ledger that cannot be read right now is asked again. */
  private async round(): Promise<void> {
    const { feed, view, now } = this.parts;
    try {
      for (const fact of await feed.next(now())) this.say(sent(fact, feed.place, view));
    } catch {
      this.say(': the ledger cannot be read right now\n\n');
    }
  }

  /** While MongoDB is away nobody can tell, and nothing is read either. */
  private stillAllowed(): Promise<boolean> {
    return this.parts.allowed().catch(() => true);
  }
}
