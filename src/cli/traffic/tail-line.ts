import { textAt } from '../../contract/read.js';
import type { Paint } from '../demo/tell/paint.js';
import { shortened } from '../show/table.js';
import { dressState, eventLine } from '../show/words.js';

const clock = (iso: string | undefined): string =>
  /T(\d\d:\d\d:\d\d)/.exec(iso ?? '')?.[1] ?? '        ';

/** One thing that happened, in one line: `←` came in, `·` was understood as, `→` goes out. */
export function tailLine(paint: Paint, kind: string, item: unknown): string {
  const at = (path: string): string => textAt(item, path) ?? '';
  const time = clock(
    textAt(item, 'at') ??
      textAt(item, 'settledAt') ??
      textAt(item, 'receivedAt') ??
      textAt(item, 'createdAt'),
  );
  const id = paint('dim', at('id'));
  const dress = dressState(paint);
  switch (kind) {
    case 'receipt': {
      const why = at('reason') === '' ? '' : `: ${shortened(at('reason'), 80)}`;
      return `${time}  ←  ${at('account')}  ${dress(at('state'))}${why}  ${id}`;
    }
    case 'event':
      return `${time}  ·  ${at('source.account') || at('account')}  ${paint('cyan', shortened(eventLine(item), 100))}  ${id}`;
    case 'delivery': {
      const why = at('state') === 'delivered' ? '' : at('explanation.sentence') || at('reason');
      return `${time}  →  ${at('target')}  ${dress(at('state'))}${why === '' ? '' : `: ${shortened(why, 100)}`}  ${id}`;
    }
    default:
      return `${time}  ${kind}  ${shortened(JSON.stringify(item), 120)}`;
  }
}
