import {
  compact,
  notUnderstood,
  shopAttribution,
  type AttributionHint,
  type EventDraft,
  type EventType,
  type NormalizeContext,
  type Normalized,
  type OrderHint,
} from '#contract';
import { meaningOf } from './events.js';
import { readMessage, type Message } from './message.js';
import type { JvzooSettings } from './settings.js';
import type { JvzooPayload } from './verify.js';

/** Rebills bear the receipt of the sale with `-B001`, `-B002` … behind it. */
const SUFFIX = /-B(\d{1,4})$/;

function orderOf(receipt: string, parent: string | undefined): OrderHint {
  const suffix = SUFFIX.exec(receipt);
  const id = suffix ? receipt.slice(0, suffix.index) : receipt;
  return {
    id,
    ...(parent === undefined || parent === id ? {} : { parentId: parent }),
    ...(suffix ? { aliases: [receipt], sequence: Number(suffix[1]) + 1 } : {}),
  };
}

const STOPS: ReadonlySet<EventType> = new Set<EventType>(['CANCELED']);
const REVERSALS: ReadonlySet<EventType> = new Set<EventType>(['REFUND', 'CHARGEBACK']);

const paymentKey = (receipt: string): string =>
  `${receipt}:${SUFFIX.test(receipt) ? 'REBILL' : 'SALE'}`;

/**
 * A refund reuses the receipt of its sale, so the kind is part of the key. A cancellation can happen again, and a rebill
 * without a receipt of its own is one of many: there the time is part of it too.
 */
function keyOf({ at, type: word }: Message, type: EventType, receipt: string): string {
  const kind = type === 'SALE' || type === 'REBILL' ? type : word;
  const repeats = STOPS.has(type) || (type === 'REBILL' && !SUFFIX.test(receipt));
  return repeats ? `${receipt}:${kind}:${at ?? ''}` : `${receipt}:${kind}`;
}

function peopleOf(
  { passed, affiliate, product, email }: Message,
  { clickIdFrom }: JvzooSettings,
): Pick<EventDraft, 'attribution' | 'customer'> {
  const named = shopAttribution(passed, { clickIdFrom });
  const attribution: AttributionHint = compact({
    ...named,
    affiliateId: affiliate ?? named?.affiliateId,
    offerId: named?.offerId ?? product,
    subIds: named?.subIds ?? (passed['tid'] === undefined ? undefined : [passed['tid']]),
  });
  return {
    ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
    ...(email === undefined ? {} : { customer: { email } }),
  };
}

function draftOf(
  message: Message,
  settings: JvzooSettings,
  type: EventType,
  receipt: string,
): EventDraft {
  const { at, revenue, payout, parent, paymentMethod } = message;
  const flags = [...message.flags, ...(parent === undefined ? [] : ['upsell'])];
  return {
    key: keyOf(message, type, receipt),
    type,
    nativeType: message.type,
    test: paymentMethod === 'TEST',
    occurredAt: at,
    order: orderOf(receipt, parent),
    ...peopleOf(message, settings),
    ...(STOPS.has(type) ? {} : compact({ revenue, payout })),
    ...compact({
      flags: flags.length > 0 ? flags : undefined,
      reversesKey: REVERSALS.has(type) ? paymentKey(receipt) : undefined,
    }),
  };
}

const shown = (word: string): string => (/^[A-Z_-]{1,40}$/.test(word) ? `: ${word}` : '');

/** The canonical meaning of a verified message; one event at most. */
export function normalize(
  payload: JvzooPayload,
  { settings }: NormalizeContext<JvzooSettings>,
): Normalized {
  const message = readMessage(payload, settings);
  const meaning = meaningOf(message.type);
  if (meaning === undefined) return notUnderstood(`unknown transaction${shown(message.type)}`);
  if (meaning === 'ignored' || meaning === 'test' || meaning === 'link') return [];
  const { receipt, revenue } = message;
  if (receipt === undefined) return notUnderstood(`${message.type} without a readable receipt`);
  if (!STOPS.has(meaning) && !revenue) {
    return notUnderstood(`${message.type} without a readable amount`);
  }
  return [draftOf(message, settings, meaning, receipt)];
}
