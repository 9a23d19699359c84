import { missingIndexes } from '../ledger/indexes.js';
import type { MongoStore } from '../platform/mongo/mongo-store.js';
import type { Drain } from './drain.js';

/** Every check of a probe answers within this. */
const LIMIT_MS = 1000;

export interface Readiness {
  readonly ready: boolean;
  /** One word each; not shown in public. */
  readonly why: readonly ('draining' | 'mongo' | 'indexes' | 'configuration')[];
}

/**
 * Readiness means: can durably accept. MongoDB answers and the indexes are there, and the process does not drain. Redis is
 * not part of it: without Redis the ledger accepts and MongoDB remembers.
 */
export class ReadinessCheck {
  private indexed = false;
  private prepared = false;

  constructor(
    private readonly mongo: MongoStore,
    private readonly drain: Drain,
  ) {}

  /** Start-up work (indexes, configuration version) is done. */
  markPrepared(): void {
    this.prepared = true;
  }

  async check(): Promise<Readiness> {
    if (this.drain.draining) return { ready: false, why: ['draining'] };
    if (!(await this.mongo.ping(LIMIT_MS))) return { ready: false, why: ['mongo'] };
    if (!this.prepared) return { ready: false, why: ['configuration'] };
    this.indexed ||= (await missingIndexes(this.mongo.db)).length === 0;
    return this.indexed ? { ready: true, why: [] } : { ready: false, why: ['indexes'] };
  }
}
