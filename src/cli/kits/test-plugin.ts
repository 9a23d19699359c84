import path from 'node:path';
import { sourceSuite, targetSuite } from '../../testing/index.js';
import type { Call } from '../program/call.js';
import { EXIT, failure, type Exit } from '../program/exit.js';
import { printable } from '../show/table.js';
import { counted } from '../show/words.js';
import { loadPlugin, type PluginFolder } from './load-plugin.js';

const SHOWN_FAULTS = 5;

function checksOf({ plugin, fixtures, seal }: PluginFolder) {
  if (plugin.kind === 'target') return targetSuite(plugin, fixtures);
  if (seal) return sourceSuite(plugin, fixtures, seal);
  throw failure(
    `the source ${plugin.name} has no fixtures/seal.ts, the twin of its verify`,
    'see docs/plugins.md, "The twin of verify"',
  );
}

/** Runs the contract suite over a plugin's folder. */
export async function run(call: Call): Promise<Exit> {
  const folder = path.resolve(call.io.around.cwd, call.word(0));
  const loaded = await loadPlugin(folder);
  const { plugin, stale } = loaded;
  if (stale)
    call.io.note('warning: index.ts is newer than what was built of it; build again first');
  const outcomes = checksOf(loaded).map((one) => ({ name: one.name, faults: one.run() }));
  const wrong = outcomes.filter(({ faults }) => faults.length > 0);
  if (call.json) {
    call.document({
      plugin: plugin.name,
      kind: plugin.kind,
      ok: wrong.length === 0,
      checks: outcomes,
    });
    return wrong.length > 0 ? EXIT.failed : EXIT.ok;
  }
  const { io, paint } = call;
  for (const { name, faults } of outcomes) {
    const mark = faults.length === 0 ? paint('green', '✓') : paint('red', '✗');
    if (faults.length > 0 || call.flag('all')) io.say(`${mark} ${name}`);
    for (const fault of faults.slice(0, SHOWN_FAULTS)) io.say(`    ${printable(fault)}`);
    if (faults.length > SHOWN_FAULTS) io.say(`    … and ${faults.length - SHOWN_FAULTS} more`);
  }
  io.say(
    `${plugin.kind} ${plugin.name}: ${counted(outcomes.length, 'check', 'checks')}, ${wrong.length === 0 ? 'all pass' : `${wrong.length} fail`}`,
  );
  return wrong.length > 0 ? EXIT.failed : EXIT.ok;
}
