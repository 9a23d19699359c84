import type { Configuration } from '../../accounts/configuration.js';
import type { Target } from '../../accounts/model.js';
import { redactSettings } from '../../contract/index.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import type { TargetStates } from '../../settle/target-states.js';
import type { Masking } from '../masking.js';
import type { OpenRowReads } from './open-rows.js';

interface GaugeLike {
  get(): Promise<{
    values: { value: number; labels: Partial<Record<string, string | number>> }[];
  }>;
}

async function gaugeOf(gauge: GaugeLike, target: string): Promise<number> {
  const { values } = await gauge.get();
  return values.find(({ labels }) => labels['target'] === target)?.value ?? 0;
}

/** Targets as the admin API shows them. */
export class TargetViews {
  constructor(
    private readonly configuration: Configuration,
    private readonly states: TargetStates,
    private readonly metrics: Metrics,
    private readonly rows: OpenRowReads,
    private readonly masking: Masking,
  ) {}

  list() {
    return Promise.all(this.configuration.targets.map((target) => this.one(target)));
  }

  async one(target: Target) {
    const { id, plugin, settings, options } = target;
    const [open, waiting, sending] = await Promise.all([
      this.rows.of(id),
      gaugeOf(this.metrics.laneWaiting, id),
      gaugeOf(this.metrics.laneInFlight, id),
    ]);
    return {
      id,
      plugin: plugin.name,
      label: plugin.label,
      settings: this.masking.deep(redactSettings(plugin.settings, settings)),
      options: { ...options, burst: options.burst ?? null },
      state: this.stateOf(id),
      lane: { waiting, sending },
      open: { ...open.counts, capped: open.capped },
    };
  }

  stateOf(id: string) {
    const { paused, who, since } = this.states.get(id);
    return {
      paused,
      who: who === null ? null : this.masking.text(who),
      since: since === null ? null : new Date(since).toISOString(),
      pausedMs: this.states.pausedMs(id),
    };
  }
}
