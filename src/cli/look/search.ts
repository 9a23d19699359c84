import { orTooOld } from '../gateway/absent.js';
import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { EXIT, type Exit } from '../program/exit.js';
import { tableLines } from '../show/table.js';
import { foundColumns } from './columns.js';

export async function run(call: Call): Promise<Exit> {
  const q = call.words.join(' ');
  const answer = await orTooOld('search', () => call.api.get('search', { q }));
  const items = itemsOf(answer);
  if (call.json) for (const item of items) call.io.say(JSON.stringify(item));
  else if (items.length === 0) call.io.note(`nothing is called "${q}"`);
  else for (const line of tableLines(foundColumns(), items)) call.io.say(line);
  return items.length === 0 ? EXIT.failed : EXIT.ok;
}
