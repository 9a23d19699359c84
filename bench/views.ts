import { number, three } from './format.js';
import type { RunResult } from './result.js';
import type { Load, Scenario } from './scenarios.js';
import { spread } from './stats.js';

type Figure = (run: RunResult) => number;

/** One column of a table: a heading, and a cell made of all rounds. */
export interface Column {
  readonly head: string;
  readonly cell: (runs: readonly RunResult[]) => string;
}

/** How the scenarios of one kind are shown. */
export interface View {
  /** The figure that bars are drawn of. */
  readonly headline: Figure;
  readonly unit: string;
  readonly columns: readonly Column[];
}

/** The figure of a run that its scenario is about: deliveries where there is a partner, else acknowledgements. */
export const throughput: Figure = (run) => run.deliveriesPerSecond ?? run.acksPerSecond;

/** A figure that only one kind of scenario has; NaN elsewhere. */
export const figure =
  (name: string): Figure =>
  (run) =>
    run.figures[name] ?? Number.NaN;

export const medianOf = (runs: readonly RunResult[], of: Figure): number =>
  spread(runs.map(of)).median;

const medians = (head: string, ...figures: readonly Figure[]): Column => ({
  head,
  cell: (runs) => figures.map((one) => number(medianOf(runs, one))).join(' / '),
});

const all = (head: string, of: Figure): Column => ({
  head,
  cell: (runs) => three(spread(runs.map(of))),
});

const partner = (name: 'p50' | 'p95' | 'p99'): Figure => {
  return (run) => run.partner?.[name] ?? Number.NaN;
};

const ack = medians(
  'ack ms p50 / p95 / p99',
  (run) => run.ack.p50,
  (run) => run.ack.p95,
  (run) => run.ack.p99,
);
const toPartner = medians(
  'to partner ms p50 / p95 / p99',
  partner('p50'),
  partner('p95'),
  partner('p99'),
);
const cpu = medians(
  'CPU µs per event: server / mongod / stack',
  (run) => run.cpuServer,
  (run) => run.cpuMongod,
  (run) => run.cpuStack,
);
const rss = medians('RSS MB', (run) => run.rss);
const start = medians('start ms', (run) => run.startMs);
const seconds =
  (name: string): Figure =>
  (run) =>
    figure(name)(run) / 1000;

const closed = (unit: string, of: Figure): View => ({
  headline: of,
  unit,
  columns: [all(`${unit} min / median / max`, of), ack, toPartner, cpu, rss, start],
});

const RATE: View = {
  headline: partner('p99'),
  unit: 'ms to the partner, p99',
  columns: [ack, toPartner, cpu, rss],
};

const HANGING: View = {
  headline: partner('p99'),
  unit: 'ms to the healthy partner, p99',
  columns: [
    medians('alone ms p50 / p99', figure('aloneP50'), figure('aloneP99')),
    medians('beside it ms p50 / p95 / p99', partner('p50'), partner('p95'), partner('p99')),
    medians('not there after 5 s', figure('late')),
    cpu,
    rss,
  ],
};

const NO_REDIS: View = {
  headline: (run) => run.ack.p95,
  unit: 'ms to the acknowledgement, p95',
  columns: [
    ack,
    medians('not accepted', figure('refused')),
    toPartner,
    medians('behind when Redis was back', figure('awaiting')),
    medians('caught up s', seconds('caughtUpMs')),
    rss,
  ],
};

const CRASH: View = {
  headline: seconds('lastMs'),
  unit: 's from the restart to the last delivery',
  columns: [
    medians('accepted', (run) => run.events),
    medians('pending at the kill', figure('pending')),
    medians('lost', figure('lost')),
    all('repeats min / median / max', figure('repeats')),
    medians('first / last of them after s', seconds('firstMs'), seconds('lastMs')),
    rss,
  ],
};

const DRAIN: View = {
  headline: throughput,
  unit: 'deliveries/s',
  columns: [
    all('deliveries/s min / median / max', throughput),
    medians('drained s', seconds('drainMs')),
    medians('taken events/s', (run) => run.acksPerSecond),
    cpu,
    rss,
  ],
};

const GROWN: View = {
  headline: (run) => run.cpuStack,
  unit: 'µs of CPU per event, server and stores',
  columns: [
    all('deliveries/s min / median / max', throughput),
    cpu,
    ack,
    rss,
    start,
    // Only the round that filled the ledger has a time.
    { head: 'filled s', cell: (runs) => number(spread(runs.map(seconds('fillMs'))).max) },
  ],
};

/** What a visitor waits, beside what a network waits on the same server. */
const CLICKS: View = {
  headline: (run) => run.ack.p99,
  unit: 'ms to the 302 at the fixed rate, p99',
  columns: [
    medians(
      'click ms p50 / p95 / p99',
      (run) => run.ack.p50,
      (run) => run.ack.p95,
      (run) => run.ack.p99,
    ),
    medians('in ms p50 / p95 / p99', figure('inP50'), figure('inP95'), figure('inP99')),
    all('closed loop: clicks/s min / median / max', (run) => run.acksPerSecond),
    medians('closed loop: in/s', figure('inPerSecond')),
    medians(
      'closed loop: click ms p50 / p95 / p99',
      figure('closedP50'),
      figure('closedP95'),
      figure('closedP99'),
    ),
    medians(
      'closed loop: in ms p50 / p95 / p99',
      figure('inClosedP50'),
      figure('inClosedP95'),
      figure('inClosedP99'),
    ),
    cpu,
    rss,
  ],
};

const SIZING: View = {
  headline: (run) => figure('data')(run) + figure('indexes')(run),
  unit: 'bytes on disk per event',
  columns: [
    medians('bytes on disk per event: data / indexes', figure('data'), figure('indexes')),
    medians(
      'of them receipts / events / deliveries',
      figure('receipts'),
      figure('events'),
      figure('deliveries'),
    ),
    // Microseconds per event are seconds per million.
    medians(
      'CPU s per million events: server / mongod / stack',
      (run) => run.cpuServer,
      (run) => run.cpuMongod,
      (run) => run.cpuStack,
    ),
    medians('Redis peak KiB', figure('redisPeakKiB')),
    medians('events/s', (run) => run.acksPerSecond),
    rss,
  ],
};

const VIEWS: Readonly<Record<Exclude<Load['kind'], 'closed'>, View>> = {
  rate: RATE,
  hanging: HANGING,
  'no-redis': NO_REDIS,
  crash: CRASH,
  clicks: CLICKS,
  drain: DRAIN,
  grown: GROWN,
  sizing: SIZING,
};

export function viewOf({ load, targets }: Scenario): View {
  if (load.kind !== 'closed') return VIEWS[load.kind];
  return closed(targets > 0 ? 'deliveries/s' : 'events/s', throughput);
}
