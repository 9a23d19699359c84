import type { Configuration } from '../accounts/configuration.js';
import type { Account, Credential } from '../accounts/model.js';
import type { SourceJob } from '../contract/index.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import { randomId } from '../platform/ids/ids.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Collection } from '../platform/mongo/mongo-store.js';
import { backoff } from '../settle/schedule.js';
import type { JobPages, PageDone } from './job-pages.js';

/** A scheduled exchange of one account. */
export interface JobDoc {
  _id: string;
  account: string;
  job: string;
  cursor: string | null;
  /** When it runs next; while it runs, when its lease ends. */
  nextAt: Date;
  token?: string;
  /** Failed runs since the last that came through. */
  failures: number;
  lastAt?: Date;
  lastSuccessAt?: Date;
  /** Why the last run failed; no secret, no personal data. */
  reason?: string;
}

/** A job that a process works on: renewed after each page. */
const LEASE_MS = 120_000;
/** Pages of one run; what is left comes in the next one, from the cursor. */
const MAX_PAGES = 50;
/** A job that fails is tried again at the latest after this, or after its own interval where that is shorter. */
const LATEST_MS = 3_600_000;

type Job = SourceJob<object, object, unknown>;

export interface JobsParts {
  readonly store: LedgerStore;
  readonly configuration: Configuration;
  readonly pages: Pick<JobPages, 'fetch'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly random: () => number;
}

const nameOf = (account: Account, job: Job): string => `${account.id}|${job.name}`;

/**
 * Scheduled exchanges with networks (`jobs` of the plugin contract): rows in MongoDB with a lease, so that one replica of
 * all runs each, and a Redis that was flushed forgets none.
 */
export class Jobs {
  private readonly known = new Set<string>();

  constructor(private readonly parts: JobsParts) {}

  private get jobs(): Collection<JobDoc> {
    return this.parts.store.mongo.db.collection<JobDoc>('jobs');
  }

  /** Runs what is due, one after the other. Returns how many ran. */
  async tick(): Promise<number> {
    let ran = 0;
    for (const account of this.parts.configuration.accounts) {
      for (const job of account.source.jobs ?? []) {
        const credential = account.credentials.find(({ value }) => job.wants(value));
        if (!credential) continue;
        const doc = await this.claim(account, job);
        if (!doc) continue;
        ran += 1;
        await this.run(doc, account, credential, job);
      }
    }
    return ran;
  }

  private async claim(account: Account, job: Job): Promise<JobDoc | undefined> {
    const now = this.parts.clock.now();
    const _id = nameOf(account, job);
    if (!this.known.has(_id)) {
      const first = { account: account.id, job: job.name, cursor: null, failures: 0 };
      await this.jobs.updateOne(
        { _id },
        { $setOnInsert: { ...first, nextAt: new Date(now) } },
        { upsert: true },
      );
      this.known.add(_id);
    }
    const taken = await this.jobs.findOneAndUpdate(
      { _id, nextAt: { $lte: new Date(now) } },
      { $set: { token: randomId(), nextAt: new Date(now + LEASE_MS) } },
      { returnDocument: 'after' },
    );
    return taken ?? undefined;
  }

  private async run(
    doc: JobDoc,
    account: Account,
    credential: Credential,
    job: Job,
  ): Promise<void> {
    let { cursor } = doc;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const done = await this.parts.pages.fetch(account, credential, job, cursor);
      if ('reason' in done) return this.failed(doc, job, done.reason);
      ({ cursor } = done);
      if (!done.more) break;
      if (!(await this.keep(doc, { cursor, nextAt: this.after(LEASE_MS) }))) return;
    }
    await this.succeeded(doc, job, cursor);
  }

  private after(ms: number): Date {
    return new Date(this.parts.clock.now() + ms);
  }

  private async succeeded(doc: JobDoc, job: Job, cursor: PageDone['cursor']): Promise<void> {
    const { metrics, clock } = this.parts;
    const { account } = doc;
    const lastAt = this.after(0);
    const nextAt = this.after(job.every);
    await this.end(doc, { cursor, nextAt, failures: 0, lastAt, lastSuccessAt: lastAt }, true);
    metrics.jobRuns.inc({ account, job: job.name, outcome: 'done' });
    metrics.jobLastSuccess.set({ account, job: job.name }, clock.now() / 1000);
  }

  private async failed(doc: JobDoc, job: Job, reason: string): Promise<void> {
    const { metrics, random, log } = this.parts;
    const { account } = doc;
    const failures = doc.failures + 1;
    const wait = Math.min(backoff(failures, random()), LATEST_MS, job.every);
    await this.end(doc, { failures, reason, lastAt: this.after(0), nextAt: this.after(wait) });
    metrics.jobRuns.inc({ account, job: job.name, outcome: 'failed' });
    log.warn({ code: 'WB_JOB_FAILED', account, job: job.name, failures, reason }, 'a job failed');
  }

  /** False: the lease ended, and the job is somebody else's now. */
  private async keep({ _id, token = '' }: JobDoc, set: Partial<JobDoc>): Promise<boolean> {
    return (await this.jobs.updateOne({ _id, token }, { $set: set })).matchedCount === 1;
  }

  private async end(
    { _id, token = '' }: JobDoc,
    set: Partial<JobDoc>,
    forget = false,
  ): Promise<void> {
    const unset = { token: 1 as const, ...(forget ? { reason: 1 as const } : {}) };
    await this.jobs.updateOne({ _id, token }, { $set: set, $unset: unset });
  }
}
