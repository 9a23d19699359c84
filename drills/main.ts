import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DRILLS } from './catalogue.js';
import { inLanes } from './lanes.js';
import { runMutants } from './mutants/run-mutants.js';
import { readOptions, USAGE, type Options } from './options.js';
import { runDrill } from './run-drill.js';
import type { DrillResult } from './result.js';
import { finished, heading, note, table } from './screen.js';

/** The package; this file runs as `dist/drills/main.js`. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = path.resolve('drill-results');

function machine(): string {
  const cpus = os.cpus();
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.versions.node}`;
}

function save(options: Options, results: readonly DrillResult[]): void {
  const { quick, replicas, seed, json } = options;
  const text = `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), quick, replicas, seed, results }, null, 2)}\n`;
  mkdirSync(RESULTS, { recursive: true });
  const file = path.join(RESULTS, options.mutants ? 'mutants.json' : 'drills.json');
  writeFileSync(file, text);
  if (json !== undefined) writeFileSync(json, text);
  note(`figures: ${json ?? file}`);
}

async function runDrills(options: Options, dir: string): Promise<readonly DrillResult[]> {
  return inLanes(options.drills, options.lanes, async (drill) => {
    heading(`${drill.id}  ${drill.title}`);
    note(drill.bar);
    const say = (line: string): void => note(`${drill.id}: ${line}`);
    const result = await runDrill(drill, { ...options, dir, root: ROOT, say });
    finished(result);
    return result;
  });
}

async function runAll(options: Options): Promise<readonly DrillResult[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-drills-'));
  const say = (id: string, line: string): void => note(`${id}: ${line}`);
  const results = options.mutants
    ? await runMutants({ ...options, dir, root: ROOT }, say, finished)
    : await runDrills(options, dir);
  if (!options.keep && results.every(({ outcome }) => outcome !== 'failed')) {
    rmSync(dir, { recursive: true, force: true });
  }
  return results;
}

/** Drills of this scale that did not run. A run must never look more whole than it was. */
function tellLeftOut({ drills, mutants, quick, named }: Options): void {
  if (mutants || named) return;
  for (const drill of DRILLS.filter((one) => !drills.includes(one))) {
    if (drill.nightly === true) note(`${drill.id} was left out: it runs only when it is named`);
    else if (quick) note(`${drill.id} was left out: full runs only`);
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.list) {
    for (const { id, title, bar, quick, nightly } of DRILLS) {
      const when = nightly === true ? '  (only when named)' : quick ? '' : '  (full runs only)';
      heading(`${id}  ${title}${when}`);
      note(bar);
    }
    return 0;
  }
  heading(`${machine()}; seed ${options.seed}${options.quick ? '; quick' : ''}`);
  const results = await runAll(options);
  save(options, results);
  tellLeftOut(options);
  table(results);
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

main().then(
  (code) => {
    // What a drill that hung still holds open must not hold this process; its children end with it.
    process.exit(code);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = 2;
  },
);
