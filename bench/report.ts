import type { Machine } from './machine.js';
import { machineLine } from './machine.js';
import type { Mark } from './marks.js';
import type { RunResult } from './run.js';
import type { Scenario } from './scenarios.js';
import { spread, type Spread } from './stats.js';
import type { Variant } from './variants.js';

const BAR = 40;

const number = (value: number): string =>
  Number.isNaN(value)
    ? '–'
    : value >= 100
      ? Math.round(value).toLocaleString('en-US')
      : value.toFixed(1);

const three = ({ min, median, max }: Spread): string =>
  `${number(min)} / ${number(median)} / ${number(max)}`;

/** The figure of a run that its scenario is about: deliveries where there is a partner, else acknowledgements. */
export const throughput = (result: RunResult): number =>
  result.deliveriesPerSecond ?? result.acksPerSecond;

export const unitOf = ({ targets }: Scenario): string =>
  targets > 0 ? 'deliveries/s' : 'events/s';

/** The valid runs of a scenario, by server. */
export function byVariant(
  results: readonly RunResult[],
  scenario: Scenario,
  variants: readonly Variant[],
): readonly { readonly variant: Variant; readonly runs: readonly RunResult[] }[] {
  return variants
    .map((variant) => ({
      variant,
      runs: results.filter(
        (run) =>
          run.scenario === scenario.name && run.variant === variant.name && run.faults.length === 0,
      ),
    }))
    .filter(({ runs }) => runs.length > 0);
}

const median = (runs: readonly RunResult[], figure: (run: RunResult) => number): string =>
  number(spread(runs.map(figure)).median);

function tableRow(variant: Variant, runs: readonly RunResult[]): string[] {
  const partner = (name: 'p50' | 'p95' | 'p99') =>
    median(runs, (run) => run.partner?.[name] ?? Number.NaN);
  const ack = (name: 'p50' | 'p95' | 'p99') => median(runs, (run) => run.ack[name]);
  return [
    variant.name,
    three(spread(runs.map(throughput))),
    `${ack('p50')} / ${ack('p95')} / ${ack('p99')}`,
    `${partner('p50')} / ${partner('p95')} / ${partner('p99')}`,
    `${median(runs, (run) => run.cpuServer)} / ${median(runs, (run) => run.cpuStack)}`,
    median(runs, (run) => run.rss),
    median(runs, (run) => run.startMs),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`);
}

/** One table per scenario, in Markdown, so that it can be pasted into docs/performance.md. */
export function table(
  results: readonly RunResult[],
  scenario: Scenario,
  variants: readonly Variant[],
): string {
  const head = [
    'server',
    `${unitOf(scenario)} min / median / max`,
    'ack ms p50 / p95 / p99',
    'to partner ms p50 / p95 / p99',
    'CPU µs per event: server / stack',
    'RSS MB',
    'start ms',
  ];
  const rows = byVariant(results, scenario, variants).map(({ variant, runs }) =>
    tableRow(variant, runs),
  );
  const lines = aligned([head, head.map(() => '---'), ...rows]);
  return [`${scenario.title}`, '', ...lines].join('\n');
}

/** Horizontal bars of the medians, for the terminal. */
export function bars(
  results: readonly RunResult[],
  scenario: Scenario,
  variants: readonly Variant[],
): string {
  const found = byVariant(results, scenario, variants).map(({ variant, runs }) => ({
    name: variant.name,
    value: spread(runs.map(throughput)).median,
  }));
  const most = Math.max(...found.map(({ value }) => value));
  return found
    .map(({ name, value }) => {
      const bar = '█'.repeat(Math.max(1, Math.round((value / most) * BAR)));
      return `  ${name.padEnd(8)} ${bar.padEnd(BAR)} ${number(value)} ${unitOf(scenario)}`;
    })
    .join('\n');
}

/** One line while the bench runs. */
export function progressLine(result: RunResult, rounds: number): string {
  const name = `${result.scenario.padEnd(7)} ${result.variant.padEnd(8)}`;
  const rate = `${number(throughput(result))} ${result.deliveriesPerSecond === null ? 'events/s' : 'deliveries/s'}`;
  const partner = result.partner
    ? `, to partner p50 ${number(result.partner.p50)} p99 ${number(result.partner.p99)} ms`
    : '';
  const repeats = result.repeats > 0 ? `, ${result.repeats} repeats` : '';
  const bad = result.faults.length > 0 ? `   INVALID: ${result.faults.join('; ')}` : '';
  return (
    `round ${result.round}/${rounds}  ${name} ${rate.padEnd(20)} ack p50 ${number(result.ack.p50)} ` +
    `p99 ${number(result.ack.p99)} ms${partner}, ${result.rss} MB${repeats}${bad}`
  );
}

/** Everything that is printed at the end. */
export function report(
  results: readonly RunResult[],
  scenarios: readonly Scenario[],
  variants: readonly Variant[],
  machine: Machine,
  marks: readonly Mark[],
): string {
  const parts = scenarios.map((scenario) => {
    // At a fixed rate every server that keeps up has the same throughput.
    const drawn = scenario.load.kind === 'closed' ? `\n${bars(results, scenario, variants)}\n` : '';
    return `\n${table(results, scenario, variants)}\n${drawn}`;
  });
  const lines = marks.map(({ verdict, text }) => `${verdict.padEnd(12)} ${text}`);
  return [`\n${machineLine(machine)}`, ...parts, ...lines].join('\n');
}
