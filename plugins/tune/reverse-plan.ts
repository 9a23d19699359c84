import { decimal, skip, type CanonicalEvent, type History, type HistoryEntry } from '#contract';
import {
  apiAccess,
  findConversions,
  setMoney,
  setStatus,
  type ApiAccess,
  type Named,
} from './api.js';
import { parentOf, sameCurrency, scopeOf, worthOf, type Scope } from './parent.js';
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

/** The money that a partial refund leaves; the payout only where we were the ones who set it. */
function moneyLeft(
  settings: TuneSettings,
  parent: HistoryEntry,
  scope: Scope & { kind: 'partial' },
) {
  const { payout, revenue } = parent.event;
  const left = scope.sale - scope.refunded;
  const paid = settings.sendPayout && payout ? payout : undefined;
  return {
    sale_amount: decimal({ amount: left, currency: revenue?.currency ?? 'USD' }),
    payout: paid && decimal({ ...paid, amount: share(paid.amount, left, scope.sale) }),
  };
}

/** The new worth of an adjusted sale in minor units, or undefined when it cannot be told. */
function adjustedWorth(
  event: CanonicalEvent,
  settings: TuneSettings,
  parent: HistoryEntry,
  history: History,
): number | undefined {
  const { revenue } = event;
  const worth = worthOf(event, parent, history.entries);
  if (!revenue || !worth || !sameCurrency(revenue, worth)) return undefined;
  const isDelta = settings.adjustmentAmount === 'delta' || revenue.amount < 0;
  return isDelta ? Math.max(0, worth.amount + revenue.amount) : revenue.amount;
}

interface Change {
  readonly event: CanonicalEvent;
  readonly settings: TuneSettings;
  readonly parent: HistoryEntry;
  readonly history: History;
}

type Edit = (access: ApiAccess, named: Named) => Step['request'];

/** How the event changes the conversion, with what must be remembered of it; undefined when there is no way. */
function editOf({
  event,
  settings,
  parent,
  history,
}: Change): { edit: Edit; keep: object } | undefined {
  if (event.type === 'ADJUSTMENT') {
    const amount = adjustedWorth(event, settings, parent, history);
    const currency = parent.event.revenue?.currency ?? 'USD';
    if (amount === undefined) return undefined;
    return {
      keep: { saleAmount: String(amount) },
      edit: (access, named) =>
        setMoney(access, named, { sale_amount: decimal({ amount, currency }) }),
    };
  }
  const back = event.type === 'CHARGEBACK_REVERSED' || event.type === 'APPROVED_LEAD';
  const scope = scopeOf(event, parent, history.entries);
  if (scope.kind === 'unclear') return undefined;
  if (scope.kind === 'partial') {
    const money = moneyLeft(settings, parent, scope);
    return { keep: {}, edit: (access, named) => setMoney(access, named, money) };
  }
  const status = back ? 'approved' : 'rejected';
  return { keep: {}, edit: (access, named) => setStatus(access, named, status) };
}

/** Calls of the network API that change a conversion told before. Without API credentials there is no way to. */
export function reversePlan(event: CanonicalEvent, settings: TuneSettings, history: History): Plan {
  const access = apiAccess(settings);
  if (!access) return skip('unmapped');
  const parent = parentOf(event, history.entries);
  if (!parent) return skip('parent-not-delivered');
  const transaction = transactionOf(parent) ?? transactionId(event);
  const change = editOf({ event, settings, parent, history });
  if (!change || transaction === undefined) return skip('unmapped');
  const { named, find } = subjectOf(access, settings, parent, transaction, history);
  const ids = { transactionId: transaction, ...named, ...change.keep };
  const edit: Step[] = named
    ? [{ kind: 'edit', request: change.edit(access, named), keep: ids }]
    : [];
  // Until the answer tells the id, the question stands in for the edit, to keep the list open.
  const rest = find && edit.length === 0 ? [find] : edit;
  return [...(find ? [find] : []), ...rest];
}
