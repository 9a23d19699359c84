import { orTooOld } from '../gateway/absent.js';
import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { tableLines } from '../show/table.js';
import { replayColumns } from './columns.js';

export async function run(call: Call): Promise<void> {
  const items = itemsOf(await orTooOld('bulk replays', () => call.api.get('replays')));
  if (call.json) for (const item of items) call.io.say(JSON.stringify(item));
  else if (items.length === 0) call.io.note('no replay was started yet');
  else for (const line of tableLines(replayColumns(call), items)) call.io.say(line);
}
