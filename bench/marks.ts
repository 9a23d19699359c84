import type { RunResult } from './result.js';
import { spread } from './stats.js';
import { figure, throughput } from './views.js';

/** A promise about the figures, and whether this bench kept it. */
export interface Mark {
  readonly verdict: 'reached' | 'not reached' | 'not measured';
  readonly text: string;
}

type Figure = (run: RunResult) => number;

/** Connections to one partner: what can be on its way when a process dies. */
const SOCKETS = 32;

const valid = (results: readonly RunResult[], scenario: string, variant = 'waybill') =>
  results.filter(
    (run) => run.scenario === scenario && run.variant === variant && run.faults.length === 0,
  );

/** Median of a figure over the rounds; undefined when there is none. */
function median(values: readonly number[]): number | undefined {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length > 0 ? spread(numbers).median : undefined;
}

/** Median of the ratios within each round: the machine drifts, so a ratio of two medians is worth less. */
function ratio(
  results: readonly RunResult[],
  scenario: string,
  floor: string,
  of: Figure = throughput,
): number | undefined {
  const others = valid(results, scenario, floor);
  return median(
    valid(results, scenario).flatMap((run) => {
      const other = others.find(({ round }) => round === run.round);
      return other ? [of(run) / of(other)] : [];
    }),
  );
}

const digits = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toFixed(2)));

const judge = (value: number | undefined, kept: (value: number) => boolean): Mark['verdict'] =>
  value === undefined ? 'not measured' : kept(value) ? 'reached' : 'not reached';

const shown = (value: number | undefined, unit: string): string =>
  value === undefined ? '–' : `${digits(value)}${unit}`;

const least = (what: string, value: number | undefined, mark: number, unit = ''): Mark => ({
  verdict: judge(value, (one) => one >= mark),
  text: `${what}: ${shown(value, unit)} (at least ${digits(mark)}${unit})`,
});

const most = (what: string, value: number | undefined, mark: number, unit = ''): Mark => ({
  verdict: judge(value, (one) => one <= mark),
  text: `${what}: ${shown(value, unit)} (at most ${digits(mark)}${unit})`,
});

function throughputMarks(results: readonly RunResult[]): Mark[] {
  const rate = (scenario: string): number | undefined =>
    median(valid(results, scenario).map(throughput));
  return [
    least('ingest / insert, events/s', ratio(results, 'ingest', 'insert'), 0.6),
    least('ingest / one insert per request (plain)', ratio(results, 'ingest', 'plain'), 2),
    least('end to end / ids', ratio(results, 'e2e', 'ids'), 0.8),
    least('end to end / batch', ratio(results, 'e2e', 'batch'), 0.68),
    least('end to end / plain', ratio(results, 'e2e', 'plain'), 2.2),
    least('end to end', rate('e2e'), 4_500, '/s'),
    least('end to end, another process takes every job', rate('split'), 3_700, '/s'),
    least('1 → 3 / ids', ratio(results, 'fanout', 'ids'), 0.8),
    least('1 → 3', rate('fanout'), 7_600, '/s'),
  ];
}

const ackOf = (name: 'p50' | 'p95' | 'p99'): Figure => {
  return (run) => run.ack[name];
};

const partnerOf = (name: 'p50' | 'p99'): Figure => {
  return (run) => run.partner?.[name] ?? Number.NaN;
};

const at = (results: readonly RunResult[], scenario: string, of: Figure): number | undefined =>
  median(valid(results, scenario).map(of));

function rateMarks(results: readonly RunResult[], scenario: string, rate: string): Mark[] {
  const of = (figureOf: Figure) => at(results, scenario, figureOf);
  return [
    most(`ack at ${rate}, p50`, of(ackOf('p50')), 4, ' ms'),
    most(`ack at ${rate}, p99`, of(ackOf('p99')), 16, ' ms'),
    most(`to the partner at ${rate}, p50`, of(partnerOf('p50')), 5, ' ms'),
    most(`to the partner at ${rate}, p99`, of(partnerOf('p99')), 18, ' ms'),
  ];
}

function isolationMarks(results: readonly RunResult[]): Mark[] {
  const of = (figureOf: Figure) => at(results, 'slow-partner', figureOf);
  const beside: Figure = (run) => partnerOf('p99')(run) / figure('aloneP99')(run);
  return [
    most('beside a hanging partner, p50', of(partnerOf('p50')), 4, ' ms'),
    most('beside a hanging partner, p99', of(partnerOf('p99')), 16, ' ms'),
    most('beside a hanging partner / alone, p99', of(beside), 1.5),
  ];
}

/** Of a promise about safety every round counts, not the middle one. */
function worst(results: readonly RunResult[], scenario: string, of: Figure): number | undefined {
  const runs = results.filter((run) => run.scenario === scenario && run.variant === 'waybill');
  const values = runs.map(of).filter((value) => !Number.isNaN(value));
  return values.length > 0 ? Math.max(...values) : undefined;
}

function safetyMarks(results: readonly RunResult[]): Mark[] {
  const refused = worst(results, 'no-redis', figure('refused'));
  const after = (name: string) => worst(results, 'crash', figure(name));
  return [
    most('ack without Redis, p95', at(results, 'no-redis', ackOf('p95')), 250, ' ms'),
    most('not accepted without Redis', refused, 0),
    most('lost after kill -9', after('lost'), 0),
    most('repeats after kill -9', after('repeats'), SOCKETS),
    most('first of the backlog after kill -9', after('firstMs'), 65_000, ' ms'),
  ];
}

function costMarks(results: readonly RunResult[]): Mark[] {
  const own = results.filter((run) => run.variant === 'waybill' && run.faults.length === 0);
  const sizes = own.map((run) => run.rss).filter((size) => !Number.isNaN(size));
  const cost = (name: string) =>
    new Map(valid(results, name).map((run) => [run.round, run.cpuStack]));
  const small = cost('growth10k');
  const growth = median(
    [...cost('growth1m')].map(([round, cpu]) => cpu / (small.get(round) ?? Number.NaN)),
  );
  const rss = sizes.length > 0 ? Math.max(...sizes) : undefined;
  return [
    most('greatest RSS of any run', rss, 190, ' MB'),
    most('start, stores up', median(own.map((run) => run.startMs)), 1_500, ' ms'),
    most('CPU per event at 1,000,000 events / 10,000', growth, 1.3),
  ];
}

/** A visitor never waits longer for a redirect than a network for its acknowledgement, nor for a store that is slow. */
function clickMarks(results: readonly RunResult[]): Mark[] {
  const of = (figureOf: Figure) => at(results, 'clicks', figureOf);
  const beside: Figure = (run) => run.ack.p50 / figure('inP50')(run);
  return [
    most('click at 500/s / notification at 500/s, p50', of(beside), 1),
    most('click at 500/s, p99', of(ackOf('p99')), 60, ' ms'),
  ];
}

/** Every mark, whether measured or not. */
export const marksOf = (results: readonly RunResult[]): readonly Mark[] => [
  ...throughputMarks(results),
  ...rateMarks(results, 'rate200', '200/s'),
  ...rateMarks(results, 'rate', '500/s'),
  ...isolationMarks(results),
  ...safetyMarks(results),
  ...clickMarks(results),
  ...costMarks(results),
];
