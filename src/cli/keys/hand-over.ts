import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { failure, messageOf, usageFault } from '../program/exit.js';

/** A key is shown once. Before it is made it must be clear where it goes: not into a log by accident. */
export function checkHandOver(call: Call): void {
  const { terminal } = call.io.around;
  if (call.text('out') !== undefined || call.flag('show-key')) return;
  if (terminal.out && !call.json) return;
  throw usageFault(
    'the key would go where this output goes, and it is shown only once',
    'write it into a file of its own with --out FILE, or say --show-key',
  );
}

/** Gives the new key to the user: into a file that only he can read, or onto his screen. */
export function handOver(call: Call, made: Item): void {
  const key = textAt(made, 'key') ?? '';
  const out = call.text('out');
  const { key: _key, ...shown } = made;
  if (out !== undefined) {
    const file = path.resolve(call.io.around.cwd, out);
    try {
      writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      throw failure(
        `the key was made, but ${file} could not be written (${messageOf(error)})`,
        `revoke it and make another: waybill keys revoke ${textAt(made, 'id')}`,
      );
    }
    if (call.json) call.document({ ...shown, file });
    else call.io.say(`${textAt(made, 'id')}  ${textAt(made, 'name')}: the key is in ${file}`);
    return;
  }
  if (call.json) {
    call.io.reveal(`${JSON.stringify(made)}\n`);
    return;
  }
  call.io.note(`key ${textAt(made, 'id')} "${textAt(made, 'name')}"; it is shown only this once:`);
  call.io.reveal(`${key}\n`);
}
