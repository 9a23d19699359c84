import { listAt, textAt } from '../../contract/read.js';
import type { Call } from '../program/call.js';
import { counted } from '../show/words.js';
import { showOne } from './list.js';

export async function run(call: Call): Promise<void> {
  const where = `receipts/${encodeURIComponent(call.word(0))}/replay`;
  showOne(call, await call.api.json('POST', where), (item) => {
    const ids = listAt(item, 'eventIds').map(String);
    return [
      `read again: ${textAt(item, 'state')}, ${counted(ids.length, 'new event', 'new events')}`,
      ...ids.map((id) => `  ${id}`),
    ];
  });
}
