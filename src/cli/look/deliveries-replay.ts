import { textAt } from '../../contract/read.js';
import type { Call } from '../program/call.js';
import { showOne } from './list.js';

export async function run(call: Call): Promise<void> {
  const where = `deliveries/${encodeURIComponent(call.word(0))}/replay`;
  showOne(call, await call.api.json('POST', where), (item) => [
    `sent again as ${textAt(item, 'id')}`,
  ]);
}
