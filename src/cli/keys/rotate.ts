import { listAt, textAt } from '../../contract/read.js';
import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { failure } from '../program/exit.js';
import { confirm } from '../show/ask.js';
import { checkHandOver, handOver } from './hand-over.js';

/** A new key with the name, the scopes and the end of an old one, which is revoked. */
export async function run(call: Call): Promise<void> {
  const id = call.word(0);
  const old = itemsOf(await call.api.get('keys')).find((one) => textAt(one, 'id') === id);
  if (!old || old['live'] !== true)
    throw failure(
      old ? `the key ${id} opens nothing any more` : `there is no key ${id}`,
      'waybill keys ls lists them',
    );
  checkHandOver(call);
  const keep = call.flag('keep-old');
  const name = textAt(old, 'name') ?? id;
  const what = keep ? 'make another' : 'make another, and revoke this one';
  await confirm(call.io, call.flag('yes'), `rotate the key ${id} "${name}": ${what}?`);
  const expiresAt = call.text('expires') ?? textAt(old, 'expiresAt');
  const body = { name, scopes: listAt(old, 'scopes'), ...(expiresAt ? { expiresAt } : {}) };
  // The new one is in the user's hands before the old one ends.
  handOver(call, await call.api.json('POST', 'keys', { body }));
  if (keep) {
    call.io.note(`${id} still opens; when nothing uses it any more: waybill keys revoke ${id}`);
    return;
  }
  await call.api.json('DELETE', `keys/${encodeURIComponent(id)}`);
  call.io.note(`${id} opens nothing any more`);
}
