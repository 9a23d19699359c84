import {
  decimal,
  deliveredParent,
  refundScope,
  saleMoney,
  skip,
  type CanonicalEvent,
  type History,
  type HistoryEntry,
  type RemoteIds,
  type SaleMoney,
} from '#contract';
import type { Query } from './address.js';
import { apiAccess, findConversions, setStatus, update, type ApiAccess } from './api.js';
import { nameOf, transactionId } from './postback.js';
import type { TuneSettings } from './settings.js';
import type { Plan, Step } from './step.js';

const idOf = (ids: RemoteIds, name: string): string | undefined => {
  const value = ids[name];
  return typeof value === 'string' ? value : undefined;
};

const transactionOf = (entry: HistoryEntry): string | undefined =>
  idOf(entry.remoteIds, 'transactionId') ?? transactionId(entry.event);

/** Whom to change, and the question to ask first where the sale's own delivery did not learn it. */
interface Subject {
  readonly tuneEventId: string | undefined;
  readonly find: Step | undefined;
}

/**
 * Other orders may share the click, and the history of this one does not show them: unless the sale's delivery stored
 * TUNE's own id, the conversion is looked for by our name of it.
 */
function subjectOf(
  access: ApiAccess,
  settings: TuneSettings,
  parent: HistoryEntry,
  transaction: string,
  history: History,
): Subject {
  const stored = idOf(parent.remoteIds, 'tuneEventId');
  if (stored !== undefined) return { tuneEventId: stored, find: undefined };
  const name = nameOf(parent.event, settings);
  const find: Step = {
    kind: 'find',
    leadsOn: true,
    request: findConversions(access, transaction, name.field),
    keep: { transactionId: transaction },
    name,
    since: parent.event.occurredAt,
  };
  const answer = history.steps[0]?.remoteIds ?? {};
  return { tuneEventId: idOf(answer, 'tuneEventId'), find };
}

/** `value × left / whole` in integers, rounded half up. */
function share(value: number, left: number, whole: number): number {
  const [over, under] = [BigInt(value) * BigInt(left), BigInt(whole)];
  return Number((2n * over + under) / (2n * under));
}

/** The money that is left of a sale; the payout only where we were the ones who set it. */
function moneyLeft(settings: TuneSettings, parent: HistoryEntry, money: SaleMoney): Query {
  const { payout } = parent.event;
  const paid = settings.sendPayout && money.worth > 0 && payout ? payout : undefined;
  return {
    sale_amount: decimal({ amount: money.left, currency: money.currency }),
    payout: paid && decimal({ ...paid, amount: share(paid.amount, money.left, money.worth) }),
  };
}

interface Change {
  readonly event: CanonicalEvent;
  readonly settings: TuneSettings;
  readonly parent: HistoryEntry;
  readonly history: History;
}

type Edit = (access: ApiAccess, tuneEventId: string) => Step['request'];

/**
 * An ADJUSTMENT sets what is left of the sale: its first amount with every known difference, less the refunds that
 * stood. A sale that was wholly refunded before (a refund that failed) is approved again.
 */
function adjustment({ event, settings, parent, history }: Change): Edit | undefined {
  const money = saleMoney(event, parent, history.entries);
  if (!money) return undefined;
  const fields = {
    ...moneyLeft(settings, parent, money),
    status: money.reopens ? 'approved' : undefined,
  };
  return (access, id) => update(access, id, fields);
}

/** How the event changes the conversion; undefined when there is no way. */
function editOf(change: Change): Edit | undefined {
  const { event, settings, parent, history } = change;
  if (event.type === 'ADJUSTMENT') return adjustment(change);
  const scope = refundScope(event, parent, history.entries);
  if (scope.kind === 'unclear') return undefined;
  if (scope.kind === 'partial') {
    const money = moneyLeft(settings, parent, scope);
    return (access, id) => update(access, id, money);
  }
  const back = event.type === 'CHARGEBACK_REVERSED' || event.type === 'APPROVED_LEAD';
  return (access, id) => setStatus(access, id, back ? 'approved' : 'rejected');
}

/** Calls of the network API that change a conversion told before. Without API credentials there is no way to. */
export function reversePlan(event: CanonicalEvent, settings: TuneSettings, history: History): Plan {
  const access = apiAccess(settings);
  if (!access) return skip('unmapped');
  const parent = deliveredParent(event, history.entries);
  if (!parent) return skip('parent-not-delivered');
  const transaction = transactionOf(parent) ?? transactionId(event);
  const edit = editOf({ event, settings, parent, history });
  if (!edit || transaction === undefined) return skip('unmapped');
  const { tuneEventId, find } = subjectOf(access, settings, parent, transaction, history);
  const first = find ? [find] : [];
  if (tuneEventId === undefined) return first;
  const keep = { transactionId: transaction, tuneEventId };
  return [...first, { kind: 'edit', request: edit(access, tuneEventId), keep }];
}
