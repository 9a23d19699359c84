import { isRecord, listAt, text, textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import type { Column } from '../show/table.js';
import { dressState, moneyOf, timeText } from '../show/words.js';

type Columns = readonly Column<Item>[];

const at =
  (path: string) =>
  (row: Item): string | undefined =>
    textAt(row, path);

const when = (title: string, path: string): Column<Item> => ({
  title,
  of: (row) => timeText(textAt(row, path)),
});

export const eventColumns = (): Columns => [
  { title: 'ID', of: at('id') },
  when('RECEIVED (UTC)', 'receivedAt'),
  { title: 'ACCOUNT', of: at('source.account') },
  { title: 'TYPE', of: (row) => `${textAt(row, 'type')}${row['test'] === true ? ' (test)' : ''}` },
  { title: 'REVENUE', of: (row) => moneyOf(row['revenue']) },
  { title: 'ORDER', of: at('order.id'), most: 32 },
  { title: 'CLICK', of: at('attribution.clickId'), most: 32 },
];

export const deliveryColumns = (call: Call): Columns => [
  { title: 'ID', of: at('id') },
  when('SINCE (UTC)', 'createdAt'),
  { title: 'TARGET', of: at('target') },
  { title: 'TYPE', of: at('type') },
  { title: 'STATE', of: at('state'), dress: dressState(call.paint) },
  { title: 'TRIES', of: at('attempts') },
  { title: 'WHY', of: at('explanation.sentence'), most: 70 },
];

export const receiptColumns = (call: Call): Columns => [
  { title: 'ID', of: at('id') },
  when('RECEIVED (UTC)', 'receivedAt'),
  { title: 'ACCOUNT', of: at('account') },
  { title: 'STATE', of: at('state'), dress: dressState(call.paint) },
  { title: 'EVENTS', of: (row) => String(listAt(row, 'eventIds').length) },
  { title: 'WHY', of: at('reason'), most: 60 },
];

/** How many deliveries of a target wait, over all open states. */
export function openRows(row: Item): string {
  const open = row['open'];
  if (!isRecord(open)) return '';
  const sum = Object.values(open).reduce<number>(
    (total, n) => total + (typeof n === 'number' ? n : 0),
    0,
  );
  return open['capped'] === true ? `${sum}+` : String(sum);
}

export const targetColumns = (call: Call): Columns => [
  { title: 'ID', of: at('id') },
  { title: 'PARTNER', of: at('plugin') },
  {
    title: 'STATE',
    of: (row) => (isPaused(row) ? 'paused' : 'running'),
    dress: (shown, row) => call.paint(isPaused(row) ? 'red' : 'green', shown),
  },
  { title: 'WAITING', of: openRows },
  { title: 'TEST', of: (row) => (textAtFlag(row, 'options', 'test') ? 'yes' : 'no') },
  { title: 'WHO MUST ACT', of: at('state.who'), most: 70 },
];

const textAtFlag = (row: Item, member: string, name: string): boolean => {
  const inner = row[member];
  return isRecord(inner) && inner[name] === true;
};

export const isPaused = (row: Item): boolean => textAtFlag(row, 'state', 'paused');

export const replayColumns = (call: Call): Columns => [
  { title: 'ID', of: at('id') },
  when('STARTED (UTC)', 'startedAt'),
  { title: 'STATE', of: at('state'), dress: dressState(call.paint) },
  { title: 'MATCHED', of: (row) => text(row['matched']) },
  { title: 'DONE', of: (row) => text(row['done']) },
  { title: 'REFUSED', of: (row) => text(row['refused']) },
];

export const foundColumns = (): Columns => [
  { title: 'KIND', of: at('kind') },
  { title: 'ID', of: at('id') },
  when('AT (UTC)', 'at'),
  { title: 'WHAT', of: at('title'), most: 70 },
];
