import path from 'node:path';
import { chart } from './chart.js';
import { summarizeProfiles } from './cpu-profile.js';
import { describeMachine, machineLine } from './machine.js';
import { marksOf } from './marks.js';
import { readOptions, USAGE, type Options } from './options.js';
import { progressLine, report } from './report.js';
import { writeResult } from './result-files.js';
import { broken, type RunResult } from './result.js';
import { runOnce } from './run.js';
import { Sink } from './sink.js';
import { soak } from './soak/soak.js';
import { BenchStores } from './stores.js';
import type { RunOrder } from './test-bed.js';

const EXIT_INVALID = 1;
const EXIT_USAGE = 2;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Round robin: every server once per round, each time another one first, so that drift hits all alike. */
function ordersOf(options: Options): RunOrder[] {
  const { connections } = options;
  return Array.from({ length: options.rounds }, (_, i) => i + 1).flatMap((round) =>
    options.scenarios.flatMap((scenario) => {
      const asked = options.variants.filter(({ name }) => scenario.asks.includes(name));
      const shift = (round - 1) % Math.max(asked.length, 1);
      return [...asked.slice(shift), ...asked.slice(0, shift)].map((variant) => {
        const events = Math.ceil(options.events * scenario.share);
        const profile =
          options.profile && path.join(options.profile, `${variant.name}-${scenario.name}`);
        return { scenario, variant, round, events, connections, profile };
      });
    }),
  );
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

async function compare(options: Options, stores: BenchStores, sink: Sink): Promise<boolean> {
  const { rounds, events, connections, scenarios, variants } = options;
  const machine = await describeMachine(stores);
  say(machineLine(machine));
  const results = await runAll(options, stores, sink);
  const marks = marksOf(results);
  say(report(results, scenarios, variants, machine, marks));
  const content = { machine, rounds, events, connections, marks, results };
  const svg = chart(results, scenarios, variants, machineLine(machine));
  say(`\nwritten: ${await writeResult('bench', content, svg, options.json)}.{json,svg}`);
  const valid = results.every(({ faults }) => faults.length === 0);
  if (!valid) say('INVALID: at least one run did not deliver what it accepted.');
  return valid;
}

async function bench(options: Options): Promise<boolean> {
  say('starting real stores in a throw-away directory');
  const stores = await BenchStores.start();
  const sink = await Sink.open();
  try {
    return options.soak === undefined
      ? await compare(options, stores, sink)
      : await soak({ ...options, minutes: options.soak }, stores, sink, say);
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
  if (options.profile !== undefined && options.soak === undefined) {
    for (const { profile } of ordersOf({ ...options, rounds: 1 })) {
      if (profile !== undefined) say(`\n${profile}\n${await summarizeProfiles(profile)}`);
    }
  }
  if (!valid) process.exitCode = EXIT_INVALID;
}

await main();
