import { decimal, type CanonicalEvent, type Money } from '../../../contract/index.js';
import type { LedgerDelivery } from '../ledger-reader.js';

/** `49.00 USD`, or `no amount`. */
export const moneyText = (money: Money | null | undefined): string =>
  money ? `${decimal(money)} ${money.currency}` : 'no amount';

/** What an event means, in one line. */
export function eventText({ type, test, revenue, order, attribution }: CanonicalEvent): string {
  const parts = [
    `${type}${test ? ' (test)' : ''}${revenue ? ` ${moneyText(revenue)}` : ''}`,
    order ? `order ${order.id}` : 'no order',
    attribution.clickId ? `click ${attribution.clickId}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** The same where there are many. */
export const briefEvent = ({ type, revenue, attribution }: CanonicalEvent): string => {
  const money = revenue ? ` ${moneyText(revenue)}` : '';
  return `${type}${money}${attribution.affiliateId ? ` by ${attribution.affiliateId}` : ''}`;
};

const oneLine = (text: string, limit = 110): string => {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > limit ? `${flat.slice(0, limit - 1)}…` : flat;
};

/** Why a delivery is where it is; '' when there is nothing to say. */
export function whyText(delivery: LedgerDelivery): string {
  const { state, reason, tries, attempts, explanation } = delivery;
  const said = tries.at(-1)?.note;
  if (state === 'delivered') {
    return attempts > 1 ? `on try ${attempts}` : '';
  }
  // The partner's own words, where it has spoken; else the gateway's.
  if (state === 'refused') return oneLine(said ?? reason ?? explanation);
  if (state === 'retry') return oneLine(`tried again soon, ${said ?? explanation}`);
  return oneLine(explanation === '' ? (reason ?? '') : explanation);
}

const DOOR: Readonly<Record<string, string>> = {
  stale: 'too old',
  'bad-signature': 'the signature is wrong',
  'bad-token': 'the token is wrong',
  undecipherable: 'it cannot be deciphered',
};

/** What the door said to a notification that it did not take. */
export const doorText = (reason: string): string => `${DOOR[reason] ?? reason}: nothing is kept`;
