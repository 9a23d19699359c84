import type { Log } from '../../platform/log/log.js';
import type { AuditLog } from '../audit/audit-log.js';
import { problemFrom } from '../problems/problem-from.js';
import type { ReplayDoc } from './replay-doc.js';
import type { ReplayRows } from './replay-rows.js';
import type { ReplayWork } from './replay-work.js';

const TICK_MS = 1000;

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
      const ended = await work.run(doc, signal);
      if (ended && (await rows.end(doc, 'done'))) await this.note(doc._id);
      else if (!ended && signal.aborted) await rows.release(doc);
    } catch (error) {
      const { code } = problemFrom(error);
      const err = error instanceof Error ? error.message : 'unknown';
      log.warn({ replay: doc._id, why: code, err }, 'a bulk replay came to a stop');
      if (await rows.failed((await rows.find(doc._id)) ?? doc, code)) await this.note(doc._id);
    }
  }

  /** The end in the audit log, in nobody's name. */
  private async note(id: string): Promise<void> {
    const doc = await this.parts.rows.find(id);
    if (!doc) return;
    const { state, matched, done, refused } = doc;
    await this.parts.audit.append({
      ...{ who: { id: '', name: '' }, caller: '', deed: 'replay-ended' },
      ...{ what: { replay: id, state, matched, done, refused }, fact: `replay:${id}` },
    });
  }
}
