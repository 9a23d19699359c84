import {
  decimal,
  deliveredParent,
  refundScope,
  saleMoney,
  skip,
  type CanonicalEvent,
  type History,
  type HistoryEntry,
  type SaleMoney,
} from '#contract';
import type { Query } from './address.js';
import {
  apiAccess,
  findConversions,
  setStatus,
  update,
  type ApiAccess,
  type Named,
} from './api.js';
import { orderName, transactionId } from './postback.js';
import { CONVERTING, type TuneSettings } from './settings.js';
import type { Plan, Step } from './step.js';

const idOf = (entry: HistoryEntry, name: string): string | undefined => {
  const value = entry.remoteIds[name];
  return typeof value === 'string' ? value : undefined;
};

const transactionOf = (entry: HistoryEntry): string | undefined =>
  idOf(entry, 'transactionId') ?? transactionId(entry.event);

/** True when the click of the parent has other conversions of ours: by the click alone TUNE might change the wrong one. */
function isAmbiguous(parent: HistoryEntry, transaction: string, history: History): boolean {
  const types: ReadonlySet<string> = new Set(CONVERTING);
  return history.entries.some(
    (entry) =>
      entry.event.id !== parent.event.id &&
      types.has(entry.event.type) &&
      (entry.state === 'delivered' || entry.state === 'duplicate') &&
      transactionOf(entry) === transaction,
  );
}

/** Whom to change, and the question to ask first when that is not known. */
interface Subject {
  readonly named: Named | undefined;
  readonly find: Step | undefined;
}

function subjectOf(
  access: ApiAccess,
  settings: TuneSettings,
  parent: HistoryEntry,
  transaction: string,
  history: History,
): Subject {
  const asked = history.steps[0]?.remoteIds;
  const answered = asked?.['lookedUp'] !== undefined;
  const stored = answered ? asked['tuneEventId'] : idOf(parent, 'tuneEventId');
  const find: Step = {
    kind: 'find',
    leadsOn: true,
    request: findConversions(access, transaction),
    keep: { transactionId: transaction },
    name: { field: settings.orderIdField ?? 'adv_unique1', value: orderName(parent.event) },
  };
  if (typeof stored === 'string') {
    return { named: { tuneEventId: stored }, find: answered ? find : undefined };
  }
  return isAmbiguous(parent, transaction, history)
    ? { named: undefined, find }
    : { named: { transactionId: transaction }, find: undefined };
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

type Edit = (access: ApiAccess, named: Named) => Step['request'];

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
  return (access, named) => update(access, named, fields);
}

/** How the event changes the conversion; undefined when there is no way. */
function editOf(change: Change): Edit | undefined {
  const { event, settings, parent, history } = change;
  if (event.type === 'ADJUSTMENT') return adjustment(change);
  const scope = refundScope(event, parent, history.entries);
  if (scope.kind === 'unclear') return undefined;
  if (scope.kind === 'partial') {
    const money = moneyLeft(settings, parent, scope);
    return (access, named) => update(access, named, money);
  }
  const back = event.type === 'CHARGEBACK_REVERSED' || event.type === 'APPROVED_LEAD';
  return (access, named) => setStatus(access, named, back ? 'approved' : 'rejected');
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
  const { named, find } = subjectOf(access, settings, parent, transaction, history);
  const keep = { transactionId: transaction, ...named };
  return [
    ...(find ? [find] : []),
    ...(named ? [{ kind: 'edit' as const, request: edit(access, named), keep }] : []),
  ];
}
