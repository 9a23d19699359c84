import { CLICK_SPENT } from '../clicks/judge.js';
import type { Configuration } from '../accounts/configuration.js';
import type { Route, Target } from '../accounts/model.js';
import { isReversal, REVERSAL_TYPES, type History } from '../contract/index.js';
import { toEvent, type DeliveryDoc, type EventDoc } from '../ledger/documents.js';
import { isPending, LateAttribution } from '../normalize/late-attribution.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { HttpPort } from '../platform/http/http-port.js';
import { allowsTest } from '../route/planner.js';
import type { TargetStates } from '../settle/target-states.js';
import {
  afterAttempt,
  endRow,
  putBack,
  type AttemptResult,
  type Transition,
} from '../settle/transition.js';
import type { Claimed, Claims } from './claims.js';
import { runAttempt } from './exchange.js';
import { leansOnOrder, resolved } from './inherit.js';
import { holdMs, type OrderView, type Parents } from './parents.js';
import { routeRefuses } from './route-filter.js';

/** A transition and, when the partner was asked, what it said. */
export interface Attempted {
  readonly transition: Transition;
  readonly result?: AttemptResult;
}

/** Writes of one moment share their times, so that equal changes stay equal and settle together. */
const GRAIN_MS = 50;

const NOTHING: OrderView = { events: [], rows: [] };

/** An event that never came: its request was never acknowledged, and after this it will not be. */
const LOST_EVENT_MS = 10 * 60_000;

export interface AttemptParts {
  readonly configuration: Configuration;
  readonly parents: Parents;
  readonly claims: Claims;
  readonly states: TargetStates;
  readonly clock: Clock;
  readonly lookups: HttpPort;
  readonly random: () => number;
  readonly late: Pick<LateAttribution, 'resolve'>;
  readonly fault: (name: FaultPointName) => void;
}

/** Runs a claimed delivery once: parent, filters, build, send, classify, next state. Never throws for the partner's sake. */
export class Attempts {
  constructor(private readonly parts: AttemptParts) {}

  private now(): number {
    const now = this.parts.clock.now();
    return now - (now % GRAIN_MS);
  }

  /** Undefined: the row is no longer ours, or was deleted; nothing to settle. */
  async run(claim: Claimed, target: Target, pool: HttpPort): Promise<Attempted | undefined> {
    const { row, event: born } = claim;
    if (!row) return undefined;
    this.parts.fault('after-claim');
    if (!born) return this.withoutEvent(row);
    if (!row.replayOf && !born.plan.some((planned) => planned.target === target.id)) {
      return { transition: endRow('cancelled', 'not-in-plan', this.now()) };
    }
    const recorded = await this.attributed(born);
    if (!recorded) return this.waitForClick(row);
    const wantsHistory =
      (target.plugin.needsHistory ?? REVERSAL_TYPES).includes(recorded.type as never) ||
      leansOnOrder(recorded);
    const view = wantsHistory ? await this.parts.parents.view(recorded, target.id) : NOTHING;
    const event = resolved(recorded, view.events);
    const gated = this.clickGate(row, born, event) ?? this.gated(row, event, target, view);
    if (gated) return { transition: gated };
    return this.exchange(claim, row, event, target, pool, view);
  }

  /** The event with the answer to whose it is; undefined while its click may still come. */
  private async attributed(event: EventDoc): Promise<EventDoc | undefined> {
    if (!isPending(event)) return event;
    const found = await this.parts.late.resolve(event);
    return (
      found && { ...event, attribution: found.attribution, flags: [...event.flags, ...found.flags] }
    );
  }

  private gated(
    row: DeliveryDoc,
    event: EventDoc,
    target: Target,
    view: OrderView,
  ): Transition | undefined {
    if (this.leaks(row, event, target)) return endRow('skipped', 'test', this.now());
    return this.parentGate(row, event, target, view) ?? this.filterGate(row, event);
  }

  /** A conversion whose click turned out to have earned another order; a person may send it all the same. */
  private clickGate(row: DeliveryDoc, born: EventDoc, event: EventDoc): Transition | undefined {
    return isPending(born) && !row.replayOf && event.flags.includes(CLICK_SPENT)
      ? endRow('skipped', 'no-attribution', this.now())
      : undefined;
  }

  private waitForClick(row: DeliveryDoc): Attempted {
    const now = this.now();
    const again = now + LateAttribution.waitMs(now - row.at.getTime());
    return { transition: putBack('held', again, 'click') };
  }

  /** A test event and a live target, whatever brought the row here: a plan, a replay, a changed configuration. */
  private leaks(row: DeliveryDoc, event: EventDoc, target: Target): boolean {
    return event.test && !allowsTest(target, this.routeOf(row));
  }

  private withoutEvent(row: DeliveryDoc): Attempted {
    const now = this.now();
    const lost = now - row.at.getTime() > LOST_EVENT_MS;
    return {
      transition: lost
        ? endRow('cancelled', 'event-never-acknowledged', now)
        : putBack('due', now + 60_000),
    };
  }

  private parentGate(
    row: DeliveryDoc,
    event: EventDoc,
    target: Target,
    view: OrderView,
  ): Transition | undefined {
    if (!isReversal(event.type)) return undefined;
    const now = this.now();
    const age = now - row.at.getTime();
    const sendOrphans = target.options.orphanReversals === 'send';
    const verdict = this.parts.parents.verdict(event, target.id, view, age, sendOrphans);
    if (verdict.kind === 'go') return undefined;
    if (verdict.kind === 'skip') return endRow('skipped', 'parent-not-delivered', now);
    return putBack('held', now + holdMs(age), 'parent', verdict.parent);
  }

  private filterGate(row: DeliveryDoc, event: EventDoc): Transition | undefined {
    const route = this.routeOf(row);
    return route && routeRefuses(route, event)
      ? endRow('skipped', 'unmapped', this.now())
      : undefined;
  }

  private routeOf(row: DeliveryDoc): Route | undefined {
    return this.parts.configuration.route(row.route);
  }

  private settingsOf(row: DeliveryDoc, target: Target): object {
    return this.routeOf(row)?.settingsFor.get(target.id) ?? target.settings;
  }

  private async exchange(
    claim: Claimed,
    row: DeliveryDoc,
    event: EventDoc,
    target: Target,
    pool: HttpPort,
    view: OrderView,
  ): Promise<Attempted | undefined> {
    const { claims, lookups } = this.parts;
    const history = this.history(row, event, view);
    const careful = target.plugin.onUncertain === 'lookup' || target.plugin.onUncertain === 'hold';
    const result = await runAttempt(
      {
        target,
        settings: this.settingsOf(row, target),
        event: toEvent(event),
        history,
        mayHaveArrived: row.unsure === true || row.attempts > 0,
        deliveries: pool,
        lookups,
      },
      async () => {
        const ours = careful ? await claims.markSent(claim) : true;
        this.parts.fault('before-send');
        return ours;
      },
    );
    this.parts.fault('after-send');
    return result ? { transition: this.next(row, target, result), result } : undefined;
  }

  private history(row: DeliveryDoc, event: EventDoc, view: OrderView): History {
    return {
      entries: view.events.length > 0 ? this.parts.parents.history(event, view) : [],
      steps: row.steps ?? [],
      now: this.parts.clock.now(),
      attempt: row.attempts + 1,
    };
  }

  private next(row: DeliveryDoc, target: Target, result: AttemptResult): Transition {
    return afterAttempt(row, result, {
      now: this.now(),
      pausedMs: this.parts.states.pausedMs(target.id),
      random: this.parts.random(),
      hold: target.plugin.onUncertain === 'hold',
    });
  }
}
