import type { Call } from '../program/call.js';
import { showOne } from '../look/list.js';
import { confirm } from '../show/ask.js';

export async function run(call: Call): Promise<void> {
  const id = call.word(0);
  await confirm(call.io, call.flag('yes'), `revoke the key ${id}, at once and for good?`);
  showOne(call, await call.api.json('DELETE', `keys/${encodeURIComponent(id)}`), (item) => [
    item['changed'] === true ? `${id} opens nothing any more` : `${id} was revoked before`,
  ]);
}
