import { EVENT_TYPES, currencyCode, type EventDraft, type Money } from '../contract/index.js';

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function moneyFault(
  name: string,
  value: Money | undefined,
  mayBeNegative: boolean,
): string | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value.amount)) return `${name}.amount is not an integer of minor units`;
  if (value.amount < 0 && !mayBeNegative) return `${name}.amount is negative`;
  return currencyCode(value.currency) === value.currency
    ? undefined
    : `${name}.currency is not an ISO 4217 code`;
}

/** The canonical invariants that no plugin may break. The first broken one as a sentence, or undefined. */
export function draftFault(draft: EventDraft): string | undefined {
  return shapeFault(draft) ?? moneyFaults(draft);
}

const sized = (value: unknown, limit: number): boolean =>
  typeof value === 'string' && value !== '' && value.length <= limit;

function shapeFault(draft: EventDraft): string | undefined {
  if (!sized(draft.key, 512)) return 'key is empty or too long';
  if (!TYPES.has(draft.type)) return `type ${String(draft.type)} is unknown`;
  if (typeof draft.nativeType !== 'string') return 'nativeType is missing';
  if (typeof draft.test !== 'boolean') return 'test is not a boolean';
  if (draft.occurredAt !== null && !ISO.test(draft.occurredAt))
    return 'occurredAt is not ISO 8601 UTC';
  return draft.order && !sized(draft.order.id, 256) ? 'order.id is empty or too long' : undefined;
}

function moneyFaults(draft: EventDraft): string | undefined {
  const adjustment = draft.type === 'ADJUSTMENT';
  return (
    moneyFault('revenue', draft.revenue, adjustment) ??
    moneyFault('payout', draft.payout, adjustment)
  );
}
