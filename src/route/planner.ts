import type { EventType, PlannedDelivery } from '../contract/index.js';
import type { Configuration } from '../accounts/configuration.js';
import type { Route, Target } from '../accounts/model.js';
import type { ConfigVersion } from './config-version.js';

/** One target that an event goes to, and whether it really may be sent there. */
export interface Planned extends PlannedDelivery {
  /** A test event and a live target: the row is born `skipped (test)`, so that everybody can see why. */
  readonly testOnly: boolean;
}

/**
 * Which targets want an event. Depends on account, type and test alone, so that a plan is a look-up; finer filters are
 * evaluated when a delivery is built.
 */
export class Planner {
  private readonly cache = new Map<string, readonly Planned[]>();
  /** The version that the cache speaks of. */
  private cached = 0;

  constructor(
    private readonly configuration: Configuration,
    private readonly version: ConfigVersion,
  ) {}

  plan(account: string, type: EventType, test: boolean): readonly Planned[] {
    const version = this.version.current;
    if (version !== this.cached) this.cache.clear();
    this.cached = version;
    const key = `${account}|${type}|${test}`;
    let planned = this.cache.get(key);
    if (!planned) {
      planned = this.compute(account, type, test, version);
      if (this.cache.size < 10_000) this.cache.set(key, planned);
    }
    return planned;
  }

  /** The most specific route that leads this account's events of this type to the target. */
  routeFor(account: string, type: EventType, target: string): Route | undefined {
    return this.matching(account, type).find((route) => route.to.includes(target));
  }

  private matching(account: string, type: EventType): Route[] {
    return this.configuration.routes
      .filter((route) => route.from === '*' || route.from.includes(account))
      .filter((route) => route.events === null || route.events.includes(type))
      .sort((a, b) => b.specificity - a.specificity);
  }

  private compute(
    account: string,
    type: EventType,
    test: boolean,
    configVersion: number,
  ): readonly Planned[] {
    const chosen = new Map<string, Planned>();
    for (const route of this.matching(account, type)) {
      for (const id of route.to) {
        const target = this.configuration.target(id);
        if (!target || chosen.has(id) || !target.plugin.accepts.includes(type)) continue;
        // A test target is a sandbox: what is real does not go there.
        if (target.options.test && !test) continue;
        chosen.set(id, {
          target: id,
          route: route.id,
          configVersion,
          testOnly: test && !allowsTest(target, route),
        });
      }
    }
    return [...chosen.values()];
  }
}

/** Whether test events may reach a target on this route: the one rule for planning, sending and replaying. */
export const allowsTest = (target: Target, route: Route | undefined): boolean =>
  target.options.test || route?.test === true;
