import type { Configuration } from '../../accounts/configuration.js';
import { phaseOf } from '../../deliver/breaker-rules.js';
import type { Breakers } from '../../deliver/breakers.js';
import { SCHEMA_ADVICE, type SchemaGate } from '../../ledger/schema/schema-gate.js';
import type { SchemaRefusal } from '../../ledger/schema/schema-state.js';
import { within } from '../../platform/clock/within.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import type { MongoStore } from '../../platform/mongo/mongo-store.js';
import type { RedisStore } from '../../platform/redis/redis-store.js';
import type { TargetStates } from '../../settle/target-states.js';
import { problemFrom } from '../problems/problem-from.js';
import type { OpenRowReads } from '../targets/open-rows.js';
import type { TargetViews } from '../targets/target-views.js';
import { VERSION } from '../version.js';

const PING_MS = 1000;
/** What is read besides; it stays unknown when MongoDB takes longer. */
const READS_MS = 5000;
/** A clock that is further off than this makes signatures with a time in them fail. */
const SKEW_MS = 5000;

export interface HealthParts {
  readonly mongo: MongoStore;
  readonly redis: RedisStore;
  readonly metrics: Metrics;
  readonly configuration: Configuration;
  readonly states: TargetStates;
  readonly rows: OpenRowReads;
  readonly targets: TargetViews;
  readonly breakers: Breakers;
  readonly schema: Pick<SchemaGate, 'look'>;
}

/** The operator's view of the gateway. Answers also while a store is away: that is when it is asked. */
export class GatewayHealth {
  constructor(private readonly parts: HealthParts) {}

  async look() {
    const { mongo, redis } = this.parts;
    const started = performance.now();
    const up = await mongo.ping(PING_MS);
    const ms = Math.round(performance.now() - started);
    const [targets, schema] = up
      ? await Promise.all([
          within(READS_MS, this.targetsIfThere(), () => null),
          within(READS_MS, this.schema(), () => null),
        ])
      : [null, null];
    const { skewMs } = mongo.clock;
    const draining = await this.draining();
    const paused = (targets ?? []).filter(({ state }) => state.paused).map(({ id }) => id);
    const refused = schema?.refused ?? [];
    const strangers = (targets ?? []).filter(({ configured }) => !configured);
    const warnings = this.warnings(refused, strangers);
    const broken = (targets ?? []).filter(({ breaker }) => breaker.state !== 'closed');
    const troubled = warnings.length + paused.length + broken.length > 0;
    return {
      status: targets === null || refused.length > 0 ? 'down' : troubled ? 'degraded' : 'ok',
      version: VERSION,
      draining,
      mongo: { up, ms },
      redis: { up: redis.ready },
      schema,
      clockSkewMs: skewMs,
      pausedTargets: paused,
      openBreakers: broken.map(({ id }) => id),
      targets,
      warnings,
    };
  }

  private warnings(
    refused: readonly SchemaRefusal[],
    strangers: readonly { readonly id: string }[],
  ): string[] {
    const { mongo, redis, configuration } = this.parts;
    const { skewMs } = mongo.clock;
    return [
      ...refused.map((why) => SCHEMA_ADVICE[why]),
      ...(redis.ready ? [] : ['Redis is away: deliveries go on from MongoDB, more slowly.']),
      ...(Math.abs(skewMs) > SKEW_MS ? [`The clock of this machine is ${skewMs} ms off.`] : []),
      ...strangers.map(
        ({ id }) => `Deliveries wait for the target ${id}, which is not configured.`,
      ),
      ...configuration.warnings,
    ];
  }

  /** Null: it could not be read just now. */
  private async schema() {
    const state = await this.parts.schema.look().catch(() => null);
    if (state === null) return null;
    return {
      version: state.version,
      build: state.build,
      pending: state.pending.map(({ version, name }) => `${version} ${name}`),
      missingIndexes: state.missing,
      refused: state.refused,
    };
  }

  /** The process sets this gauge when it begins to drain. */
  private async draining(): Promise<boolean> {
    const { values } = await this.parts.metrics.draining.get();
    return values.some(({ value }) => value === 1);
  }

  private async targetsIfThere() {
    try {
      return await this.targets();
    } catch (error) {
      const { code } = problemFrom(error);
      if (code === 'WB_STORE_AWAY' || code === 'WB_QUERY_SLOW') return null;
      throw error;
    }
  }

  private async targets() {
    const { configuration, states, rows, mongo } = this.parts;
    await states.refresh();
    const configured = new Set(configuration.targets.map(({ id }) => id));
    const ids = [...new Set([...configured, ...(await rows.targets())])].sort();
    return Promise.all(
      ids.map(async (id) => {
        const now = mongo.clock.now();
        const [open, oldest, breaker] = await Promise.all([
          rows.of(id),
          rows.oldestDue(id, now),
          this.breakerOf(id, now),
        ]);
        return {
          id,
          configured: configured.has(id),
          state: this.parts.targets.stateOf(id),
          breaker,
          open: { ...open.counts, capped: open.capped },
          oldestDueSeconds: oldest === null ? null : Math.max(0, Math.round((now - oldest) / 1000)),
        };
      }),
    );
  }

  /** As the replicas share it; while Redis is away nothing is known, and everything let through. */
  private async breakerOf(target: string, now: number) {
    const state = await this.parts.breakers.stateOf(target);
    const phase = state ? phaseOf(state, now) : 'closed';
    return {
      state: phase,
      until: state && phase === 'open' ? new Date(state.until).toISOString() : null,
      retryAfter: state && state.gate > now ? new Date(state.gate).toISOString() : null,
    };
  }
}
