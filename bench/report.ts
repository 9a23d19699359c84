import { markdown, number, three } from './format.js';
import type { Machine } from './machine.js';
import { machineLine } from './machine.js';
import type { Mark } from './marks.js';
import type { RunResult } from './result.js';
import type { Scenario } from './scenarios.js';
import { spread } from './stats.js';
import type { Variant } from './variants.js';
import { medianOf, throughput, viewOf } from './views.js';

const BAR = 40;

/** The valid rounds of one server in one scenario. */
export interface Series {
  readonly name: string;
  readonly runs: readonly RunResult[];
}

/** The valid runs of a scenario, by server; the name holds the scenario's label where it has one. */
export function seriesOf(
  results: readonly RunResult[],
  scenario: Scenario,
  variants: readonly Variant[],
): readonly Series[] {
  return variants
    .map(({ name }) => ({
      name: scenario.label === '' ? name : `${name}, ${scenario.label}`,
      runs: results.filter(
        (run) => run.scenario === scenario.name && run.variant === name && run.faults.length === 0,
      ),
    }))
    .filter(({ runs }) => runs.length > 0);
}

/** Scenarios that share a table, in their order. */
export const groupsOf = (scenarios: readonly Scenario[]): readonly (readonly Scenario[])[] => [
  ...Map.groupBy(scenarios, ({ group }) => group).values(),
];

/** One table per group, in Markdown. */
export function table(
  results: readonly RunResult[],
  group: readonly Scenario[],
  variants: readonly Variant[],
): string {
  const [first] = group;
  if (!first) return '';
  const { columns } = viewOf(first);
  const rows = group
    .flatMap((scenario) => seriesOf(results, scenario, variants))
    .map(({ name, runs }) => [name, ...columns.map(({ cell }) => cell(runs))]);
  const head = ['server', ...columns.map((column) => column.head)];
  return `${first.title}\n\n${markdown([head, ...rows])}`;
}

/** Horizontal bars of the medians, for the terminal. */
export function bars(
  results: readonly RunResult[],
  group: readonly Scenario[],
  variants: readonly Variant[],
): string {
  const found = group.flatMap((scenario) => {
    const { headline, unit } = viewOf(scenario);
    return seriesOf(results, scenario, variants).map(({ name, runs }) => ({
      name,
      unit,
      value: medianOf(runs, headline),
    }));
  });
  const most = Math.max(...found.map(({ value }) => value));
  const width = Math.max(...found.map(({ name }) => name.length), 8);
  return found
    .map(({ name, value, unit }) => {
      const bar = '█'.repeat(Math.max(1, Math.round((value / most) * BAR) || 1));
      return `  ${name.padEnd(width)} ${bar.padEnd(BAR)} ${number(value)} ${unit}`;
    })
    .join('\n');
}

/** Start and memory of every server over all its runs. */
function footprint(results: readonly RunResult[], variants: readonly Variant[]): string {
  const rows = variants.flatMap(({ name }) => {
    const runs = results.filter((run) => run.variant === name && run.faults.length === 0);
    if (runs.length === 0) return [];
    const sizes = spread(runs.map((run) => run.rss).filter((size) => !Number.isNaN(size)));
    return [[name, three(spread(runs.map((run) => run.startMs))), three(sizes)]];
  });
  const head = ['server', 'first 200 after ms min / median / max', 'greatest RSS MB of a run'];
  return `Start and memory, all runs\n\n${markdown([head, ...rows])}`;
}

/** One line while the bench runs. */
export function progressLine(result: RunResult, rounds: number): string {
  const name = `${result.scenario.padEnd(12)} ${result.variant.padEnd(8)}`;
  const rate = `${number(throughput(result))} ${result.deliveriesPerSecond === null ? 'events/s' : 'deliveries/s'}`;
  const partner = result.partner
    ? `, to partner p50 ${number(result.partner.p50)} p99 ${number(result.partner.p99)} ms`
    : '';
  const repeats = result.repeats > 0 ? `, ${result.repeats} repeats` : '';
  const own = Object.entries(result.figures).map(([key, value]) => `, ${key} ${number(value)}`);
  const bad = result.faults.length > 0 ? `   INVALID: ${result.faults.join('; ')}` : '';
  return (
    `round ${result.round}/${rounds}  ${name} ${rate.padEnd(20)} ack p50 ${number(result.ack.p50)} ` +
    `p99 ${number(result.ack.p99)} ms${partner}, ${result.rss} MB${repeats}${own.join('')}${bad}`
  );
}

export const markLines = (marks: readonly Mark[]): string =>
  marks.map(({ verdict, text }) => `${verdict.padEnd(12)} ${text}`).join('\n');

/** Everything that is printed at the end. */
export function report(
  results: readonly RunResult[],
  scenarios: readonly Scenario[],
  variants: readonly Variant[],
  machine: Machine,
  marks: readonly Mark[],
): string {
  const parts = groupsOf(scenarios).map(
    (group) => `\n${table(results, group, variants)}\n\n${bars(results, group, variants)}\n`,
  );
  return [
    `\n${machineLine(machine)}`,
    ...parts,
    footprint(results, variants),
    '',
    markLines(marks),
  ].join('\n');
}
