import type { SchemaRefusal, SchemaState } from '../ledger/schema/schema-state.js';
import type { MongoStore } from '../platform/mongo/mongo-store.js';
import type { Drain } from './drain.js';
import { within } from '../platform/clock/within.js';

/** A probe is answered within this, whatever MongoDB does meanwhile (milliseconds). */
const LIMIT_MS = 1000;

export interface Readiness {
  readonly ready: boolean;
  /** One word each; not shown in public. */
  readonly why: readonly ('draining' | 'mongo' | 'configuration' | SchemaRefusal)[];
}

/**
 * Readiness means: can durably accept. MongoDB answers, its schema is one that this build works on, and the process does
 * not drain. Redis is not part of it: without Redis the ledger accepts and MongoDB remembers.
 */
export class ReadinessCheck {
  private prepared = false;

  constructor(
    private readonly mongo: Pick<MongoStore, 'connected'>,
    private readonly drain: Drain,
    private readonly schema: { look(): Promise<Pick<SchemaState, 'refused'>> },
  ) {}

  /** Start-up work (schema, configuration version) is done. */
  markPrepared(): void {
    this.prepared = true;
  }

  async check(): Promise<Readiness> {
    if (this.drain.draining) return { ready: false, why: ['draining'] };
    if (!this.mongo.connected) return { ready: false, why: ['mongo'] };
    // Asked every time: a later version may migrate further while this process runs. Its answer is MongoDB's sign of life.
    const asked = this.schema.look().catch(() => undefined);
    const schema = await within(LIMIT_MS, asked, () => undefined);
    if (!schema) return { ready: false, why: ['mongo'] };
    if (schema.refused.length > 0) return { ready: false, why: schema.refused };
    return this.prepared ? { ready: true, why: [] } : { ready: false, why: ['configuration'] };
  }
}
