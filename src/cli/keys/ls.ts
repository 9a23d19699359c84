import { isRecord, listAt, textAt } from '../../contract/read.js';
import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { tableLines } from '../show/table.js';
import { timeText } from '../show/words.js';

export async function run(call: Call): Promise<void> {
  const items = itemsOf(await call.api.get('keys'));
  if (call.json) {
    for (const item of items) call.io.say(JSON.stringify(item));
    return;
  }
  if (items.length === 0) {
    call.io.note('no keys beside the first one; waybill keys create makes one');
    return;
  }
  const lines = tableLines(
    [
      { title: 'ID', of: (row) => textAt(row, 'id') },
      { title: 'NAME', of: (row) => textAt(row, 'name'), most: 40 },
      { title: 'SCOPES', of: (row) => listAt(row, 'scopes').join(' ') },
      { title: 'MADE (UTC)', of: (row) => timeText(textAt(row, 'createdAt')) },
      { title: 'USED (UTC)', of: (row) => timeText(textAt(row, 'lastUsedAt')) },
      { title: 'ENDS (UTC)', of: (row) => timeText(textAt(row, 'expiresAt')) },
      { title: 'OPENS', of: (row) => (isRecord(row) && row['live'] === true ? 'yes' : 'no') },
    ],
    items,
  );
  for (const line of lines) call.io.say(line);
}
