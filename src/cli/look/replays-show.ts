import { textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { pairLines } from '../show/table.js';
import { timeText } from '../show/words.js';
import { showOne } from './list.js';

/** One replay of many rows, as names and values. */
export function replayLines(item: Item): readonly string[] {
  const at = (path: string): string => textAt(item, path) ?? '';
  return pairLines([
    ['replay', at('id')],
    ['state', at('state')],
    ['matched', at('matched')],
    ['sent again', at('done')],
    ['refused', at('refused')],
    ['started', timeText(at('startedAt'))],
    ['ended', timeText(at('endedAt'))],
  ]);
}

export async function run(call: Call): Promise<void> {
  const replay = await call.api.get(`replays/${encodeURIComponent(call.word(0))}`);
  showOne(call, replay, replayLines);
}
