import {
  compact,
  notUnderstood,
  type EventDraft,
  type Normalized,
  type OrderHint,
} from '#contract';
import { amountsOf, type Amounts } from './amounts.js';
import { attributionOf } from './attribution.js';
import { meaningOf, type Meaning } from './event-table.js';
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

const DECLINED = { state: 'denied', basis: 'clickbank-declined-consent' } as const;

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
    ...(message.incomplete ? ['fields-missing'] : []),
    ...more,
  ];
  return flags.length > 0 ? flags : undefined;
}

function draftOf(
  message: Message,
  meaning: Meaning,
  amounts: Amounts,
  settings: ClickBankSettings,
): EventDraft {
  const order = orderOf(message);
  const { revenue, payout, flags } = meaning.money
    ? amounts
    : { revenue: undefined, payout: undefined, flags: [] };
  return {
    key: keyOf(message, amounts),
    type: meaning.type,
    nativeType: message.type,
    test: meaning.test || isTest(message),
    occurredAt: message.at ?? null,
    ...compact({
      order,
      attribution: attributionOf(message, settings),
      revenue,
      payout,
      customer: message.email === undefined ? undefined : { email: message.email },
      consent: message.declinedConsent ? DECLINED : undefined,
      flags: flagsOf(message, order, flags),
    }),
  };
}

const shown = (type: string): string => /^[A-Z_-]{1,40}$/.exec(type)?.[0] ?? 'unreadable';

/** Both generations of messages to events. Amounts lose their sign: the type says which way the money went. */
export function normalize(payload: ClickBankPayload, settings: ClickBankSettings): Normalized {
  const message = payload.format === 'ins' ? readIns(payload) : readLegacy(payload);
  const { type, receipt, role } = message;
  const meaning = meaningOf(type);
  if (meaning === 'ignored') return [];
  if (meaning === undefined) return notUnderstood(`unknown transaction type ${shown(type)}`);
  if (receipt === undefined) return notUnderstood(`${type} without a receipt`);
  if (!counts(role, settings)) return [];
  const amounts = amountsOf(message, settings);
  return meaning.money && amounts.unreadable
    ? notUnderstood(`${type} with an unreadable amount`)
    : [draftOf(message, meaning, amounts, settings)];
}
