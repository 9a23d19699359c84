import { decimal } from '../../contract/money.js';
import { isRecord, textAt } from '../../contract/read.js';
import type { Paint } from '../demo/tell/paint.js';

/** `49.95 USD`; '' when there is no amount. */
export function moneyOf(value: unknown): string {
  const currency = textAt(value, 'currency');
  const amount = isRecord(value) ? value['amount'] : undefined;
  return currency === undefined || typeof amount !== 'number'
    ? ''
    : `${decimal({ amount, currency })} ${currency}`;
}

/** `2026-11-28 12:00:01`, in UTC as everything here. */
export function timeText(iso: string | undefined): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(iso ?? '');
  return parts ? `${parts[1]} ${parts[2]}` : (iso ?? '');
}

const STYLES: Readonly<Record<string, Parameters<Paint>[0]>> = {
  delivered: 'green',
  duplicate: 'green',
  recorded: 'green',
  ok: 'green',
  running: 'yellow',
  due: 'yellow',
  sending: 'yellow',
  retry: 'yellow',
  held: 'yellow',
  uncertain: 'yellow',
  parked: 'yellow',
  warn: 'yellow',
  conflict: 'red',
  refused: 'red',
  dead: 'red',
  failed: 'red',
  fail: 'red',
};

/** The colour of a state. */
export const dressState =
  (paint: Paint) =>
  (text: string): string =>
    paint(STYLES[text.trim()] ?? 'dim', text);

/** `1 delivery`, `3 deliveries`. */
export const counted = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** What an event means, in one line. */
export function eventLine(event: unknown): string {
  const revenue = isRecord(event) ? moneyOf(event['revenue']) : '';
  const at = (path: string): string | undefined => textAt(event, path);
  const test = isRecord(event) && event['test'] === true ? ' (test)' : '';
  const order = at('order.id') ?? at('orderId');
  const click = at('attribution.clickId') ?? at('clickId');
  return [
    `${at('type') ?? 'event'}${test}${revenue === '' ? '' : ` ${revenue}`}`,
    order === undefined ? undefined : `order ${order}`,
    click === undefined ? undefined : `click ${click}`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
