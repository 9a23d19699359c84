import type { Ledger } from '../ledger/ledger.js';
import type { DraftDoc } from '../ledger/documents.js';
import type { Log } from '../platform/log/log.js';
import type { DraftClaims } from './draft-claims.js';
import type { DraftWork } from './draft-work.js';
import type { Jobs } from './jobs.js';

const TICK_MS = 1000;
const JOBS_MS = 5000;
/** Drafts of one account that this process works on side by side: no account may take all the room. */
const PER_ACCOUNT = 8;

export interface EnrichingParts {
  readonly ledger: Ledger;
  readonly claims: DraftClaims;
  readonly work: Pick<DraftWork, 'run'>;
  readonly jobs: Pick<Jobs, 'tick'>;
  readonly log: Log;
}

/**
 * Turns drafts into events, on every replica that delivers, with no leader: a look at MongoDB every second, and at once
 * when this process has committed some. Drafts of a process that ended are found when their claim runs out.
 */
export class Enriching {
  private readonly inFlight = new Map<string, number>();
  private readonly busy = new Set<Promise<unknown>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private looking: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly parts: EnrichingParts) {}

  start(): void {
    this.parts.ledger.onCommitted(({ drafts }) => {
      if (drafts.length > 0) void this.look();
    });
    this.every(TICK_MS, () => this.look());
    this.every(JOBS_MS, () => this.parts.jobs.tick());
  }

  /** Resolves when what was begun has come to a stop that another process can go on from. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await this.looking;
    while (this.busy.size > 0) await Promise.all(this.busy);
  }

  /** One look at what is due. While one is on its way, the next begins right behind it. */
  look(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    if (this.looking) {
      this.again = true;
      return this.looking;
    }
    this.looking = this.round().finally(() => {
      this.looking = undefined;
      if (!this.again) return;
      this.again = false;
      void this.look();
    });
    return this.looking;
  }

  private async round(): Promise<void> {
    const { claims, log } = this.parts;
    try {
      for (const account of await claims.accounts()) {
        const room = PER_ACCOUNT - (this.inFlight.get(account) ?? 0);
        if (room <= 0 || this.stopped) continue;
        for (const seen of await claims.due(account, room)) {
          const row = await claims.take(seen);
          if (row) this.begin(row);
        }
      }
    } catch (error) {
      log.debug({ err: messageOf(error) }, 'drafts could not be looked at');
    }
  }

  private begin(row: DraftDoc): void {
    const { account } = row;
    this.inFlight.set(account, (this.inFlight.get(account) ?? 0) + 1);
    const running = this.parts.work
      .run(row)
      .catch((error: unknown) => {
        // Its claim runs out, and somebody looks at it again.
        this.parts.log.warn({ account, draft: row._id, err: messageOf(error) }, 'a draft waits');
      })
      .finally(() => {
        this.inFlight.set(account, (this.inFlight.get(account) ?? 1) - 1);
        this.busy.delete(running);
        void this.look();
      });
    this.busy.add(running);
  }

  private every(ms: number, work: () => Promise<unknown>): void {
    const next = (): void => {
      if (this.stopped) return;
      const timer = setTimeout(
        () => {
          this.timers.delete(timer);
          this.run(work, next);
        },
        ms * (0.8 + 0.4 * Math.random()),
      ).unref();
      this.timers.add(timer);
    };
    this.run(work, next);
  }

  private run(work: () => Promise<unknown>, next: () => void): void {
    const running = work()
      .catch((error: unknown) => this.parts.log.debug({ err: messageOf(error) }, 'a tick failed'))
      .finally(() => {
        this.busy.delete(running);
        next();
      });
    this.busy.add(running);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
