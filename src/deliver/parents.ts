import { toEvent, isOpen, type DeliveryDoc, type EventDoc } from '../ledger/documents.js';
import { isReversal, type HistoryEntry } from '../contract/index.js';
import { resolved, withAnswers } from './inherit.js';
import type { LedgerStore } from '../ledger/store.js';
import { orderEvents, parentOf } from '../ledger/timeline.js';
import { deliveryId } from '../platform/ids/ids.js';
import type { Planner } from '../route/planner.js';

/** What a reversal may do now. */
export type ParentVerdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly parent?: string }
  | { readonly kind: 'skip' };

/** A reversal whose sale the ledger does not know waits this long for it. */
export const ORPHAN_MS = 24 * 3_600_000;

export interface OrderView {
  readonly events: readonly EventDoc[];
  /** Deliveries of these events to the one target, replays included. */
  readonly rows: readonly DeliveryDoc[];
}

const RANK: Readonly<Record<string, number>> = { delivered: 4, duplicate: 3 };
const rankOf = (row: DeliveryDoc): number => RANK[row.state] ?? (isOpen(row.state) ? 2 : 1);

/** The order behind an event and what one target was told about it. */
export class Parents {
  constructor(
    private readonly store: LedgerStore,
    private readonly planner: Planner,
  ) {}

  /** Reads the order and its rows on the target: two or more indexed reads, so only for types that need it. */
  async view(event: EventDoc, target: string): Promise<OrderView> {
    const byOrder = await this.orderOf(event);
    const click = event.attribution.clickId;
    const clicks =
      click === null
        ? []
        : await this.store.events
            .find({ 'attribution.clickId': click, type: 'CLICK' })
            .limit(3)
            .toArray();
    const events = [
      ...clicks.filter((one) => !byOrder.some((other) => other._id === one._id)),
      ...withAnswers(byOrder),
    ];
    const ids = events.map((one) => deliveryId(one._id, target));
    const rows = await this.store.deliveries
      .find({ $or: [{ _id: { $in: ids } }, { replayOf: { $in: ids } }], target })
      .toArray();
    return { events, rows };
  }

  private async orderOf(event: EventDoc): Promise<readonly EventDoc[]> {
    const order = await orderEvents(this.store, event.refs ?? []);
    const named = event.reverses ?? event.adjusts;
    if (named === null || order.some((one) => one._id === named)) return order;
    const other = await this.store.events.findOne({ _id: named });
    return other ? [other, ...order] : order;
  }

  /** The best row of an event on the target: a replay may have delivered what the first row could not. */
  private bestRow(view: OrderView, eventId: string): DeliveryDoc | undefined {
    return view.rows
      .filter((row) => row.event === eventId)
      .reduce<DeliveryDoc | undefined>(
        (best, row) => (best && rankOf(best) >= rankOf(row) ? best : row),
        undefined,
      );
  }

  /** Whether a reversal may be sent to the target now. `sendOrphans`: the target wants reversals of unknown sales. */
  verdict(
    event: EventDoc,
    target: string,
    view: OrderView,
    ageMs: number,
    sendOrphans: boolean,
  ): ParentVerdict {
    if (!isReversal(event.type)) return { kind: 'go' };
    const parent = parentOf(event, view.events);
    if (!parent) return orphanVerdict(ageMs, sendOrphans);
    const row = this.bestRow(view, parent._id);
    if (!row) {
      // Promised but not there: events and rows are written side by side, and a half is mended within a minute.
      if (parent.plan.some((planned) => planned.target === target)) {
        return orphanVerdict(ageMs, sendOrphans);
      }
      // A target that only listens to reversals was never to be told of the sale.
      const listens =
        this.planner.routeFor(parent.source.account, parent.type, target) !== undefined;
      return listens && !sendOrphans ? { kind: 'skip' } : { kind: 'go' };
    }
    if (isOpen(row.state)) return { kind: 'wait', parent: row._id };
    return row.state === 'delivered' || row.state === 'duplicate' || sendOrphans
      ? { kind: 'go' }
      : { kind: 'skip' };
  }

  /** What the plugin is told, oldest first; the event itself is left out. */
  history(event: EventDoc, view: OrderView): readonly HistoryEntry[] {
    return view.events.flatMap((other) => {
      if (other._id === event._id) return [];
      const row = this.bestRow(view, other._id);
      return row
        ? [
            {
              event: toEvent(resolved(other, view.events)),
              state: row.state,
              remoteIds: row.remoteIds ?? {},
            },
          ]
        : [];
    });
  }
}

function orphanVerdict(ageMs: number, sendOrphans: boolean): ParentVerdict {
  if (sendOrphans && ageMs >= 60_000) return { kind: 'go' };
  return ageMs < ORPHAN_MS ? { kind: 'wait' } : { kind: 'skip' };
}

/** How long a held reversal waits before the next look: a fraction of its age, so fresh ones follow quickly. */
export const holdMs = (ageMs: number): number =>
  Math.min(Math.max(Math.round(ageMs / 4), 1000), 15 * 60_000);
