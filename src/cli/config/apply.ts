import { listAt, textAt } from '../../contract/read.js';
import type { Call } from '../program/call.js';
import { EXIT, type Exit } from '../program/exit.js';
import { confirm } from '../show/ask.js';
import { counted } from '../show/words.js';
import { changeLines } from './change-lines.js';
import { applyOn, dryRun, readConfiguration } from './document.js';

export async function run(call: Call): Promise<Exit> {
  const document = await readConfiguration(call, call.word(0));
  const preview = await dryRun(call, document);
  const changes = listAt(preview, 'changes').length;
  const isPreview = call.flag('dry-run') || changes === 0;
  if (call.json && isPreview) call.document(preview);
  if (!call.json) for (const line of changeLines(call.paint, preview)) call.io.say(line);
  if (isPreview) return EXIT.ok;
  await confirm(call.io, call.flag('yes'), `make ${counted(changes, 'change', 'changes')}?`);
  const done = await applyOn(call, document, textAt(preview, 'version') ?? '');
  if (call.json) call.document(done);
  else call.io.say(`in force as configuration ${textAt(done, 'version')}`);
  return EXIT.ok;
}
