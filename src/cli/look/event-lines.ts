import { listAt, textAt } from '../../contract/read.js';
import type { Paint } from '../demo/tell/paint.js';
import type { Item } from '../gateway/client.js';
import { pairLines } from '../show/table.js';
import { eventLine, moneyOf, timeText } from '../show/words.js';
import { deliveryBrief } from './delivery-lines.js';

function attributionText(item: Item): string {
  const how = textAt(item, 'attribution.how');
  const parts = ['clickId', 'affiliateId', 'coupon', 'campaignId', 'offerId'].flatMap((name) => {
    const value = textAt(item, `attribution.${name}`);
    return value === undefined ? [] : [`${name} ${value}`];
  });
  return [how === undefined ? '' : `by ${how}`, ...parts].filter((one) => one !== '').join(', ');
}

/** The event itself, as names and values. */
export function eventPairs(item: Item): readonly string[] {
  const at = (path: string): string => textAt(item, path) ?? '';
  return pairLines([
    ['event', at('id')],
    ['is', eventLine(item)],
    ['account', `${at('source.plugin')}/${at('source.account')} (${at('source.trust')})`],
    ["network's word", at('source.nativeType')],
    ['happened', timeText(at('occurredAt'))],
    ['received', timeText(at('receivedAt'))],
    ['payout', moneyOf(item['payout'])],
    ['attribution', attributionText(item)],
    ['refunded', at('refundStatus')],
    ['takes back', at('reverses')],
    ['corrects', at('adjusts')],
    ['receipt', at('receiptId')],
    ['flags', listAt(item, 'flags').join(', ')],
  ]);
}

function orderLines(item: Item): readonly string[] {
  const others = listAt(item, 'timeline.events');
  if (others.length < 2) return [];
  return [
    '',
    'The order:',
    ...others.map((one) => {
      const mine = textAt(one, 'id') === textAt(item, 'id') ? '*' : ' ';
      const when = timeText(textAt(one, 'occurredAt'));
      return `${mine} ${when}  ${eventLine(one)}  ${textAt(one, 'id')}`;
    }),
  ];
}

/** Everything about one event: itself, its order, its findings, its deliveries. */
export function eventLines(paint: Paint, item: Item): readonly string[] {
  const findings = listAt(item, 'findings').flatMap((one) => textAt(one, 'sentence') ?? []);
  const deliveries = listAt(item, 'deliveries');
  return [
    ...eventPairs(item),
    ...findings.map((sentence) => `note: ${sentence}`),
    ...orderLines(item),
    '',
    ...(deliveries.length === 0
      ? ['No route led it to a target.']
      : deliveries.flatMap((one) => deliveryBrief(paint, one))),
  ];
}
