import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chart } from './chart.js';
import { summarizeProfiles } from './cpu-profile.js';
import { describeMachine, machineLine, type Machine } from './machine.js';
import { marksOf } from './marks.js';
import { readOptions, USAGE, type Options } from './options.js';
import { progressLine, report } from './report.js';
import { runOnce, type RunOrder, type RunResult } from './run.js';
import { ROOT } from './server-process.js';
import { Sink } from './sink.js';
import { BenchStores } from './stores.js';

const EXIT_INVALID = 1;
const EXIT_USAGE = 2;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Round robin: every server once per round, each time another one first, so that drift hits all alike. */
function ordersOf(options: Options): RunOrder[] {
  const { variants, scenarios, events, connections } = options;
  return Array.from({ length: options.rounds }, (_, i) => i + 1).flatMap((round) =>
    scenarios.flatMap((scenario) =>
      variants.map((_one, i) => {
        const variant = variants[(i + round - 1) % variants.length];
        if (!variant) throw new RangeError('no server');
        const profile =
          options.profile && path.join(options.profile, `${variant.name}-${scenario.name}`);
        return { scenario, variant, round, events, connections, profile };
      }),
    ),
  );
}

/** A run that could not be carried through counts as invalid, and the next one goes on. */
function broken(order: RunOrder, error: unknown): RunResult {
  const none = { p50: Number.NaN, p95: Number.NaN, p99: Number.NaN };
  return {
    scenario: order.scenario.name,
    variant: order.variant.name,
    round: order.round,
    faults: [error instanceof Error ? error.message : String(error)],
    events: 0,
    acksPerSecond: Number.NaN,
    deliveriesPerSecond: null,
    ack: none,
    partner: null,
    cpuServer: Number.NaN,
    cpuStack: Number.NaN,
    rss: Number.NaN,
    startMs: Number.NaN,
    repeats: 0,
  };
}

async function runAll(options: Options, stores: BenchStores, sink: Sink): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const order of ordersOf(options)) {
    const result = await runOnce(order, stores, sink).catch((error: unknown) =>
      broken(order, error),
    );
    results.push(result);
    say(progressLine(result, options.rounds));
  }
  return results;
}

async function write(
  options: Options,
  machine: Machine,
  results: readonly RunResult[],
): Promise<string> {
  const dir = path.join(ROOT, 'bench-results');
  const at = new Date().toISOString();
  const stem = path.join(dir, `bench-${at.slice(0, 19).replaceAll(':', '-')}`);
  const { rounds, events, connections, scenarios, variants } = options;
  const marks = marksOf(results);
  const json = `${JSON.stringify({ at, machine, rounds, events, connections, marks, results }, null, 2)}\n`;
  await mkdir(dir, { recursive: true });
  await writeFile(`${stem}.json`, json);
  await writeFile(`${stem}.svg`, chart(results, scenarios, variants, machineLine(machine)));
  if (options.json !== undefined) await writeFile(options.json, json);
  return stem;
}

async function bench(options: Options): Promise<boolean> {
  say('starting real stores in a throw-away directory');
  const stores = await BenchStores.start();
  const sink = await Sink.open();
  try {
    const machine = await describeMachine(stores);
    say(machineLine(machine));
    const results = await runAll(options, stores, sink);
    const { scenarios, variants } = options;
    say(report(results, scenarios, variants, machine, marksOf(results)));
    say(
      `\nwritten: ${path.relative(process.cwd(), await write(options, machine, results))}.{json,svg}`,
    );
    return results.every(({ faults }) => faults.length === 0);
  } finally {
    await sink.close();
    await stores.stop();
  }
}

async function main(): Promise<void> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const valid = await bench(options);
  if (options.profile !== undefined) {
    for (const { profile } of ordersOf({ ...options, rounds: 1 })) {
      if (profile !== undefined) say(`\n${profile}\n${await summarizeProfiles(profile)}`);
    }
  }
  if (!valid) {
    say('INVALID: at least one run did not deliver what it accepted.');
    process.exitCode = EXIT_INVALID;
  }
}

await main();
