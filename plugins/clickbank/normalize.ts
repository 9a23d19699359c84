import {
  compact,
  notUnderstood,
  type EventDraft,
  type Normalized,
  type OrderHint,
} from '#contract';
import { amountsOf, type Amounts } from './amounts.js';
import { attributionOf } from './attribution.js';
import { meaningOf } from './event-table.js';
import type { ClickBankPayload, Message } from './message.js';
import { orderOf, TEST_RECEIPT } from './order.js';
import { readIns } from './read-ins.js';
import { readLegacy } from './read-legacy.js';
import type { ClickBankSettings } from './settings.js';

/**
 * A refund reuses the sale's receipt, and vendor, affiliate and partner get one message each with amounts of their
 * own: so receipt, type, role, time and amount are all part of the key. `attemptCount` is not, it grows with retries.
 */
const keyOf = (message: Message, { payout, revenue }: Amounts): string =>
  [
    message.receipt ?? '',
    message.type,
    message.role,
    message.at ?? message.rawTime,
    String(payout?.amount ?? revenue?.amount ?? ''),
  ]
    .map((part) => part.slice(0, 100))
    .join(':');

const isTest = (message: Message): boolean =>
  message.receipt === TEST_RECEIPT || message.paymentMethod?.toUpperCase() === 'TEST';

const counts = (role: string, settings: ClickBankSettings): boolean =>
  settings.roles === undefined ||
  settings.roles.length === 0 ||
  settings.roles.some((one) => one.trim().toUpperCase() === role);

function flagsOf(
  message: Message,
  order: OrderHint | undefined,
  more: readonly string[],
): readonly string[] | undefined {
  const flags = [
    ...(message.upsell || order?.parentId !== undefined ? ['upsell'] : []),
    ...(message.rawTime !== '' && message.at === undefined ? ['time-unreadable'] : []),
    ...more,
  ];
  return flags.length > 0 ? flags : undefined;
}

/** Both generations of messages to events. Amounts lose their sign: the type says which way the money went. */
export function normalize(payload: ClickBankPayload, settings: ClickBankSettings): Normalized {
  const message = payload.format === 'ins' ? readIns(payload) : readLegacy(payload);
  const meaning = meaningOf(message.type);
  if (meaning === 'ignored') return [];
  if (meaning === undefined) {
    return notUnderstood(`unknown transaction type ${/^[A-Z_-]{1,40}$/.exec(message.type)?.[0] ?? 'unreadable'}`);
  }
  if (message.receipt === undefined) return notUnderstood(`${message.type} without a receipt`);
  if (!counts(message.role, settings)) return [];
  const amounts = amountsOf(message, settings);
  if (meaning.money && amounts.unreadable) return notUnderstood(`${message.type} with an unreadable amount`);
  const order = orderOf(message);
  const draft: EventDraft = {
    key: keyOf(message, amounts),
    type: meaning.type,
    nativeType: message.type,
    test: meaning.test || isTest(message),
    occurredAt: message.at ?? null,
    ...compact({
      order,
      attribution: attributionOf(message, settings),
      revenue: meaning.money ? amounts.revenue : undefined,
      payout: meaning.money ? amounts.payout : undefined,
      customer: message.email === undefined ? undefined : { email: message.email },
      consent: message.declinedConsent
        ? ({ state: 'denied', basis: 'clickbank-declined-consent' } as const)
        : undefined,
      flags: flagsOf(message, order, meaning.money ? amounts.flags : []),
    }),
  };
  return [draft];
}
