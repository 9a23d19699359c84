import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DRILLS } from './catalogue.js';
import { inLanes } from './lanes.js';
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
  const { quick, seed, json } = options;
  const text = `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), quick, seed, results }, null, 2)}\n`;
  mkdirSync(RESULTS, { recursive: true });
  const file = path.join(RESULTS, 'drills.json');
  writeFileSync(file, text);
  if (json !== undefined) writeFileSync(json, text);
  note(`figures: ${json ?? file}`);
}

async function runAll(options: Options): Promise<readonly DrillResult[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-drills-'));
  const results = await inLanes(options.drills, options.lanes, async (drill) => {
    heading(`${drill.id}  ${drill.title}`);
    note(drill.bar);
    const say = (line: string): void => note(`${drill.id}: ${line}`);
    const result = await runDrill(drill, { ...options, dir, root: ROOT, say });
    finished(result);
    return result;
  });
  if (!options.keep && results.every(({ outcome }) => outcome !== 'failed')) {
    rmSync(dir, { recursive: true, force: true });
  }
  return results;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.list) {
    for (const { id, title, bar, quick } of DRILLS) {
      heading(`${id}  ${title}${quick ? '' : '  (full runs only)'}`);
      note(bar);
    }
    return 0;
  }
  heading(`${machine()}; seed ${options.seed}${options.quick ? '; quick' : ''}`);
  const results = await runAll(options);
  table(results);
  save(options, results);
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = 2;
  },
);
