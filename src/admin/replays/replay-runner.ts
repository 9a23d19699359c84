import type { Log } from '../../platform/log/log.js';
import type { AuditLog } from '../audit/audit-log.js';
import { problemFrom } from '../problems/problem-from.js';
import type { ProblemCode } from '../problems/problem.js';
import type { ReplayDoc } from './replay-doc.js';
import type { ReplayRows } from './replay-rows.js';
import type { ReplayWork } from './replay-work.js';

const TICK_MS = 2000;

export interface ReplayRunnerParts {
  readonly rows: ReplayRows;
  readonly work: ReplayWork;
  readonly audit: AuditLog;
  readonly log: Log;
}

/** Looks for bulk replays that nobody works on, on every replica: also those of a process that died. */
export class ReplayRunner {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly parts: ReplayRunnerParts) {}

  /** By Nest, once the application is up. */
  onApplicationBootstrap(): void {
    this.again();
  }

  private again(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => void this.look().then(() => this.again()), TICK_MS).unref();
  }

  /** When the process begins to drain: every replay is left at a place from which another process goes on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.looking;
    await Promise.all(this.running);
  }

  /** By Nest: before the stores close. */
  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Takes whatever waits. Never rejects. */
  look(): Promise<void> {
    this.looking = this.looking
      .then(() => this.round())
      .catch((error: unknown) => this.told(error));
    return this.looking;
  }

  private async round(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const doc = await this.parts.rows.claim();
      if (!doc) return;
      const run = this.run(doc)
        .catch((error: unknown) => this.told(error))
        .finally(() => this.running.delete(run));
      this.running.add(run);
    }
  }

  private told(error: unknown): void {
    const err = error instanceof Error ? error.message : 'unknown';
    this.parts.log.debug({ err }, 'bulk replays could not be looked at');
  }

  private async run(doc: ReplayDoc): Promise<void> {
    const { rows, work, log } = this.parts;
    const { signal } = this.stopping;
    try {
      if (await work.run(doc, signal)) await this.ended(doc, 'done');
      else if (signal.aborted) await rows.release(doc);
    } catch (error) {
      const { code } = problemFrom(error);
      const err = error instanceof Error ? error.message : 'unknown';
      log.warn({ replay: doc._id, why: code, err }, 'a bulk replay came to a stop');
      // An outage has an end; what else comes again and again has none.
      if (!(await rows.later(doc)) && code !== 'WB_STORE_AWAY')
        await this.ended(doc, 'failed', code);
    }
  }

  /** The end in the audit log, in nobody's name, and then the end: a crash in between is only the same end once more. */
  private async ended(
    doc: ReplayDoc,
    state: 'done' | 'failed',
    reason?: ProblemCode,
  ): Promise<void> {
    const { rows, audit } = this.parts;
    if (!(await rows.keep(doc))) return;
    const { matched, done, refused } = (await rows.find(doc._id)) ?? doc;
    await audit.append({
      ...{ who: { id: '', name: '' }, caller: '', deed: 'replay-ended' },
      ...{ what: { replay: doc._id, state, matched, done, refused }, fact: `replay:${doc._id}` },
    });
    await rows.end(doc, state, reason);
  }
}
