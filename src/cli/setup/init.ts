import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Call } from '../program/call.js';
import { failure, messageOf } from '../program/exit.js';
import { STARTING_FILE } from './starting-file.js';

export async function run(call: Call): Promise<void> {
  const { cwd, env } = call.io.around;
  const file = path.resolve(cwd, call.text('file') ?? (env['WAYBILL_CONFIG'] || 'waybill.yaml'));
  try {
    writeFileSync(file, STARTING_FILE, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? failure(`${file} is already there; nothing was written`, 'name another with --file')
      : failure(`${file} could not be written (${code ?? messageOf(error)})`);
  }
  if (call.json) {
    call.document({ file });
    return;
  }
  call.io.say(`${call.paint('green', '✓')} wrote ${file}`);
  for (const line of NEXT) call.io.say(line);
}

const NEXT = [
  '',
  'Next:',
  '  1. npm start                        start the gateway, here',
  '  2. waybill doctor                   is everything in order?',
  '  3. waybill source add clickbank     connect a network (waybill source add --help lists what it needs)',
  '  4. waybill target add tapfiliate    name a partner',
  '  5. waybill route add --from clickbank --to tapfiliate',
  '  6. waybill trigger clickbank.sale   send a signed notification through all of it',
  '',
  'Or write accounts, targets and routes into the file and start again: docs/configuration.md.',
];
