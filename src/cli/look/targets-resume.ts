import type { Call } from '../program/call.js';
import { showOne } from './list.js';

export async function run(call: Call): Promise<void> {
  const id = call.word(0);
  const answer = await call.api.json('POST', `targets/${encodeURIComponent(id)}/resume`);
  showOne(call, answer, (item) => [
    item['changed'] === true ? `${id} runs again` : `${id} was not paused`,
  ]);
}
