// Installs and builds if needed, then runs the gateway (or another program of ours) on the pinned Node.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { handOver } from './lib/hand-over.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { pinnedNode } from './lib/pinned-node.mjs';
import { GATEWAY, programFor, USAGE } from './lib/programs.mjs';
import { giveUp, launch, ROOT } from './lib/project.mjs';

const program = programFor(process.argv.slice(2));
if (program === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
await ensureInstalled();
await ensureBuilt();
const file = path.join(ROOT, program.file);
if (!existsSync(file)) giveUp(`${program.file} is not part of this build`);
const { flags, env } = launch();
// The books that drills compare would not fit into the heap of a gateway.
const own = program.file === GATEWAY ? flags : [];
process.exitCode = await handOver(pinnedNode(), [...own, file, ...program.args], { env });
