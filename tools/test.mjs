// Installs and builds if needed, then runs the test suite on the pinned Node. Arguments go to Jest.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { handOver } from './lib/hand-over.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { pinnedNode } from './lib/pinned-node.mjs';
import { ROOT } from './lib/project.mjs';
import { lastClosingLine, REPORT } from './lib/test-report.mjs';

await ensureInstalled();
// Some journeys start the built gateway as a process of its own.
await ensureBuilt();
// The counts at the end must never be those of an earlier run.
rmSync(REPORT, { force: true });
mkdirSync(path.dirname(REPORT), { recursive: true });

const given = process.argv.slice(2);
const choosesWorkers = given.some((arg) => /^(-w|-i|--runInBand|--maxWorkers)(=|$)/.test(arg));
process.exitCode = await handOver(
  pinnedNode(),
  [
    // Jest loads ES modules only with the first; the second silences the note about it.
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    path.join(ROOT, 'node_modules/jest/bin/jest.js'),
    ...['--json', `--outputFile=${REPORT}`],
    ...(choosesWorkers ? [] : ['--maxWorkers=2']),
    ...given,
  ],
  { cwd: ROOT },
);
process.stdout.write(`${lastClosingLine()}\n`);
