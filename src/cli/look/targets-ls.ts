import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { tableLines } from '../show/table.js';
import { targetColumns } from './columns.js';

export async function run(call: Call): Promise<void> {
  const items = itemsOf(await call.api.get('targets'));
  if (call.json) for (const item of items) call.io.say(JSON.stringify(item));
  else if (items.length === 0) call.io.note('no targets; waybill target add <partner> makes one');
  else for (const line of tableLines(targetColumns(call), items)) call.io.say(line);
}
