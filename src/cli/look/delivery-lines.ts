import { isRecord, listAt, textAt } from '../../contract/read.js';
import type { Paint } from '../demo/tell/paint.js';
import type { Item } from '../gateway/client.js';
import { pairLines, shortened } from '../show/table.js';
import { dressState, timeText } from '../show/words.js';

/** One delivery in two lines: where it stands, and why. */
export function deliveryBrief(paint: Paint, delivery: unknown): readonly string[] {
  const at = (path: string): string => textAt(delivery, path) ?? '';
  const state = at('state');
  const tries = Number(at('attempts') || 0);
  const after = tries > 1 ? ` after ${tries} tries` : '';
  const who = at('explanation.who');
  const acts = who === '' || who === 'nobody' ? '' : ` Who must act: ${who}.`;
  const why = shortened(`${at('explanation.sentence')} ${at('explanation.next')}${acts}`, 220);
  return [
    `→ ${at('target')}  ${dressState(paint)(state)}${after}  ${paint('dim', at('id'))}`,
    ...(why === '' ? [] : [`    ${why}`]),
  ];
}

function tryLines(one: unknown): readonly string[] {
  const at = (path: string): string => textAt(one, path) ?? '';
  const status = at('status') === '' ? '' : ` (${at('status')})`;
  const lines = [
    `  try ${at('n')}  ${timeText(at('at'))}  ${at('outcome')}${status}  ${at('note')}`,
  ];
  if (at('request') !== '') lines.push(`    sent    ${shortened(at('request'), 160)}`);
  if (at('answer') !== '') lines.push(`    answer  ${shortened(at('answer'), 160)}`);
  return lines.map((line) => line.trimEnd());
}

const remoteIdsOf = (item: Item): string => {
  const { remoteIds } = item;
  return isRecord(remoteIds) && Object.keys(remoteIds).length > 0 ? JSON.stringify(remoteIds) : '';
};

/** A delivery with every try. */
export function deliveryLines(item: Item): readonly string[] {
  const at = (path: string): string => textAt(item, path) ?? '';
  return [
    ...pairLines([
      ['delivery', at('id')],
      ['event', `${at('type')} ${at('eventId')}`],
      ['target', at('target')],
      ['route', at('route')],
      ['state', at('state')],
      ['why', at('explanation.sentence')],
      ['next', at('explanation.next')],
      ['who must act', at('explanation.who')],
      ['next try', timeText(at('nextTryAt'))],
      ['deadline', timeText(at('deadline'))],
      ['settled', timeText(at('settledAt'))],
      ['sends again', at('replayOf')],
      ["partner's ids", remoteIdsOf(item)],
    ]),
    ...listAt(item, 'log').flatMap(tryLines),
  ];
}
