import { Parents } from '../../src/deliver/parents.js';
import type { DeliveryDoc, EventDoc } from '../../src/ledger/documents.js';
import { deliveryId } from '../../src/platform/ids/ids.js';
import type { Planner } from '../../src/route/planner.js';
import { storeOf } from './order-fold.js';

const TARGET = 'p0';

/** A turn of somebody else may come between any two steps. */
export type Yield = (what: string) => Promise<unknown>;

/**
 * One order and one partner, with the gateway's own rule for when a reversal may be sent. Everything that is a step of its
 * own in the gateway (arrival, reading the order, sending, settling) yields, so that a scheduler can put them in any order.
 */
export class OrderModel {
  private readonly events = new Map<string, EventDoc>();
  private readonly rows = new Map<string, DeliveryDoc>();
  private readonly parents = new Parents(storeOf([]), {
    routeFor: () => undefined,
  } as unknown as Planner);
  /** What the partner was told, in its order. */
  readonly told: EventDoc[] = [];

  /** `failures`: how often the partner turns an event down before it takes it. */
  constructor(
    private readonly turn: Yield,
    private readonly failures: (event: EventDoc) => number,
  ) {}

  get arrived(): readonly EventDoc[] {
    return [...this.events.values()];
  }

  /** One copy comes in; only the first makes a delivery, which is tried until it is final. */
  async arrive(event: EventDoc): Promise<void> {
    await this.turn(`${event.type} arrives`);
    if (this.events.has(event._id)) return;
    this.events.set(event._id, event);
    const row = rowOf(event);
    this.rows.set(row._id, row);
    for (let tries = 0; row.state !== 'delivered';) {
      if (await this.attempt(event, row, tries)) tries += 1;
    }
  }

  /** True when the partner was asked. */
  private async attempt(event: EventDoc, row: DeliveryDoc, tries: number): Promise<boolean> {
    await this.turn(`${event.type} reads its order`);
    const view = {
      events: [...this.events.values()],
      rows: [...this.rows.values()].map((one) => ({ ...one })),
    };
    await this.turn(`${event.type} decides`);
    const verdict = this.parents.verdict(event, TARGET, view, 0, false);
    if (verdict.kind !== 'go') {
      row.state = 'held';
      return false;
    }
    row.state = 'sending';
    const taken = tries >= this.failures(event);
    if (taken) this.told.push(event);
    await this.turn(`${event.type} is answered`);
    row.state = taken ? 'delivered' : 'retry';
    return true;
  }
}

const rowOf = (event: EventDoc): DeliveryDoc => ({
  _id: deliveryId(event._id, TARGET),
  event: event._id,
  target: TARGET,
  account: event.source.account,
  type: event.type,
  route: 'r',
  configVersion: 1,
  state: 'due',
  attempts: 0,
  crashes: 0,
  at: event.at,
  pausedMs: 0,
});

/** Reversals that were told before any payment of the order; none, if all is well. */
export function tooEarly(told: readonly { readonly type: string }[]): readonly string[] {
  const paid = (type: string): boolean => type === 'SALE' || type === 'REBILL';
  const first = told.findIndex(({ type }) => paid(type));
  const before = first < 0 ? told : told.slice(0, first);
  return before.flatMap(({ type }) => (['REFUND', 'CHARGEBACK'].includes(type) ? [type] : []));
}
