import { listAt } from '../../contract/read.js';
import type { Call } from '../program/call.js';
import { EXIT, type Exit } from '../program/exit.js';
import { changeLines } from './change-lines.js';
import { dryRun, readConfiguration } from './document.js';

export async function run(call: Call): Promise<Exit> {
  const document = await readConfiguration(call, call.word(0));
  const preview = await dryRun(call, document);
  if (call.json) call.document(preview);
  else for (const line of changeLines(call.paint, preview)) call.io.say(line);
  return call.flag('check') && listAt(preview, 'changes').length > 0 ? EXIT.failed : EXIT.ok;
}
