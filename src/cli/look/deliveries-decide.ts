import { textAt } from '../../contract/read.js';
import type { Call } from '../program/call.js';
import { showOne } from './list.js';

export async function run(call: Call): Promise<void> {
  const where = `deliveries/${encodeURIComponent(call.word(0))}/decide`;
  const answer = await call.api.json('POST', where, { body: { as: call.needed('as') } });
  showOne(call, answer, (item) => [
    textAt(item, 'as') === 'resend' ? 'it is sent again' : 'it counts as delivered',
  ]);
}
