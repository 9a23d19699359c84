import path from 'node:path';
import { parseArgs } from 'node:util';
import { errand, UsageError } from './errand.js';
import { backUp } from './ledger/backup/back-up.js';
import { VERSION } from './platform/version.js';

const USAGE = `usage: npm run backup -- --out DIR [--json]
Writes the database that MONGODB_URI names, or the embedded one of a stopped gateway, into an empty directory.`;

function read(args: readonly string[]): { out: string; json: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { out: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    if (values.out === undefined || values.out === '') throw new Error('--out names no directory');
    return { out: path.resolve(values.out), json: values.json };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

await errand(USAGE, read, async (open, { out, json }) => {
  const began = performance.now();
  const manifest = await backUp(open, out, { build: VERSION, ...(json ? {} : { say: print }) });
  const ms = Math.round(performance.now() - began);
  if (json) print(JSON.stringify({ ...manifest, ms }));
  else print(`done in ${ms} ms: everything acknowledged before ${manifest.upTo} is in ${out}`);
});
