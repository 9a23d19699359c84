import type { Call } from '../program/call.js';
import { showOne } from './list.js';

export async function run(call: Call): Promise<void> {
  const id = call.word(0);
  const body = { reason: call.needed('reason') };
  const answer = await call.api.json('POST', `targets/${encodeURIComponent(id)}/pause`, { body });
  showOne(call, answer, (item) => [
    item['changed'] === true
      ? `${id} is paused: its deliveries wait, and do not age`
      : `${id} was paused already`,
  ]);
}
