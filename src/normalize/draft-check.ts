import { EVENT_TYPES, currencyCode } from '../contract/index.js';
import { isLink, isRecord, partFault, sized } from './draft-shape.js';

type Members = Readonly<Record<string, unknown>>;

const TYPES: ReadonlySet<unknown> = new Set(EVENT_TYPES);
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function moneyFault(name: string, value: unknown, mayBeNegative: boolean): string | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) return `${name} is no money`;
  const { amount, currency } = value;
  if (!Number.isSafeInteger(amount)) return `${name}.amount is not an integer of minor units`;
  if (Number(amount) < 0 && !mayBeNegative) return `${name}.amount is negative`;
  return typeof currency === 'string' && currencyCode(currency) === currency
    ? undefined
    : `${name}.currency is not an ISO 4217 code`;
}

/** The form alone lets the 45th of the 13th month pass, and the parser rolls 30 February over into March. */
function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !ISO.test(value)) return false;
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === value;
}

/** The canonical invariants that no plugin may break. The first broken one as a sentence, or undefined. */
export function draftFault(draft: unknown): string | undefined {
  if (!isRecord(draft)) return 'a draft is no object';
  return namingFault(draft) ?? partFault(draft) ?? moneyFaults(draft);
}

function namingFault(draft: Members): string | undefined {
  const { key, type, nativeType, test, occurredAt, order } = draft;
  if (!sized(key, 512)) return 'key is empty or too long';
  if (!TYPES.has(type)) return `type ${String(type).slice(0, 64)} is unknown`;
  if (typeof nativeType !== 'string') return 'nativeType is missing';
  if (typeof test !== 'boolean') return 'test is not a boolean';
  if (occurredAt !== null && !isInstant(occurredAt)) return 'occurredAt is not ISO 8601 UTC';
  return isRecord(order) && !sized(order['id'], 256) ? 'order.id is empty or too long' : undefined;
}

function moneyFaults(draft: Members): string | undefined {
  const adjustment = draft['type'] === 'ADJUSTMENT';
  return (
    moneyFault('revenue', draft['revenue'], adjustment) ??
    moneyFault('payout', draft['payout'], adjustment)
  );
}

/**
 * What is wrong with a plugin's answer to `normalize`, as a sentence, or undefined: it is then a list of sound drafts and
 * links, or a reason for parking.
 */
export function meaningFault(meaning: unknown): string | undefined {
  if (isRecord(meaning) && 'notUnderstood' in meaning) {
    return typeof meaning['notUnderstood'] === 'string' ? undefined : 'notUnderstood is no text';
  }
  if (!Array.isArray(meaning)) return 'normalize gave no list';
  for (const one of meaning as readonly unknown[]) {
    const fault = toldFault(one);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function toldFault(one: unknown): string | undefined {
  if (!isRecord(one)) return draftFault(one);
  if ('link' in one) return linkFault(one['link']);
  return 'seen' in one ? seenFault(one) : draftFault(one);
}

function seenFault({ seen, nativeType, occurredAt }: Members): string | undefined {
  if (!isRecord(seen) || !sized(seen['id'], 512) || !sized(seen['state'], 256))
    return 'seen has no id or state';
  if (typeof nativeType !== 'string') return 'nativeType is missing';
  return occurredAt === null || isInstant(occurredAt)
    ? undefined
    : 'occurredAt is not ISO 8601 UTC';
}

const linkFault = (link: unknown): string | undefined =>
  isLink(link) ? undefined : 'a link does not tie two or more texts';
