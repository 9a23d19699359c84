import type { Connection } from '../connection.js';
import { number, three } from '../format.js';
import { settled } from '../kinds/books.js';
import { openLoop } from '../loader.js';
import { describeMachine, machineLine } from '../machine.js';
import type { Mark } from '../marks.js';
import { sealedRequests } from '../payload.js';
import { rssMb } from '../process-meter.js';
import { markLines } from '../report.js';
import { writeResult } from '../result-files.js';
import { accountOf, SCENARIOS } from '../scenarios.js';
import type { Sink } from '../sink.js';
import { percentiles, spread } from '../stats.js';
import type { BenchStores } from '../stores.js';
import { TestBed } from '../test-bed.js';
import { VARIANTS } from '../variants.js';
import { fitLine, type Line, type Sample } from './slope.js';
import { soakChart } from './soak-chart.js';

const PER_SECOND = 150;
/** Every tenth event is refused by the partner when it comes first. */
const REFUSED_EVERY = 10;
const SAMPLE_MS = 10_000;
/** Requests are signed for so long at a time: a signature is good for five minutes. */
const BATCH_S = 10;
const LIMIT_MS = 60_000;
/** The last retries come half a minute after the end. */
const CATCH_UP_MS = 120_000;
/** Part of the time in which code gets compiled and pools fill up; no line is drawn through it. */
const WARM_UP_SHARE = 0.25;
const MOST_SLOPE_MB = 1;
/** A line through less is noise. */
const LEAST_MINUTES = 10;

interface SoakOptions {
  readonly minutes: number;
  readonly connections: number;
  readonly json: string | undefined;
}

interface Soaked {
  readonly samples: readonly Sample[];
  readonly line: Line;
  readonly fittedFrom: number;
  readonly ackMs: readonly number[];
  readonly faults: readonly string[];
}

function sampled(pid: number, began: number, say: (line: string) => void) {
  const samples: Sample[] = [];
  const take = (): void => {
    const sample = { at: (performance.now() - began) / 1000, rss: rssMb(pid) };
    samples.push(sample);
    say(`${(sample.at / 60).toFixed(1).padStart(6)} min  ${number(sample.rss)} MB`);
  };
  const timer = setInterval(take, SAMPLE_MS);
  return { samples, stop: () => clearInterval(timer) };
}

/** Sends all events at the fixed rate; returns the acknowledgement times, NaN for what was not accepted. */
async function send(connections: readonly Connection[], events: number): Promise<number[]> {
  const took: number[] = [];
  for (let from = 0; from < events; from += PER_SECOND * BATCH_S) {
    const count = Math.min(PER_SECOND * BATCH_S, events - from);
    const requests = sealedRequests(accountOf(1), from, count);
    const rate = { perSecond: PER_SECOND, limitMs: BATCH_S * 1000 + LIMIT_MS };
    const { sent, acked } = await openLoop(connections, requests, rate);
    sent.forEach((time, i) => took.push((acked[i] ?? Number.NaN) - time));
  }
  return took;
}

async function faultsOf(bed: TestBed, ackMs: readonly number[]): Promise<string[]> {
  const accepted = ackMs.filter((ms) => !Number.isNaN(ms)).length;
  const books = await bed.order.variant.books(bed.run.db, 1);
  const missing = bed.sink.times(0).filter((time) => Number.isNaN(time)).length;
  return [
    ...(accepted < ackMs.length ? [`${ackMs.length - accepted} events were not accepted`] : []),
    ...(missing > 0 ? [`${missing} events never arrived`] : []),
    ...(books.events === accepted ? [] : [`the ledger has ${books.events} of ${accepted} events`]),
    ...(books.delivered === accepted
      ? []
      : [`${books.delivered} of ${accepted} deliveries are on record`]),
  ];
}

async function measure(
  bed: TestBed,
  minutes: number,
  say: (line: string) => void,
): Promise<Soaked> {
  const events = PER_SECOND * 60 * minutes;
  bed.sink.reset(events, 1, { refuses: (event) => event % REFUSED_EVERY === 0 });
  const server = await bed.start('all');
  const connections = await bed.connect(server);
  const meter = sampled(server.pid, performance.now(), say);
  const ackMs = await send(connections, events).finally(() => meter.stop());
  await bed.sink.until(0, CATCH_UP_MS);
  await settled(bed, CATCH_UP_MS);
  const { samples } = meter;
  const fittedFrom = minutes * 60 * WARM_UP_SHARE;
  const line = fitLine(samples.filter(({ at }) => at >= fittedFrom));
  return { samples, line, fittedFrom, ackMs, faults: await faultsOf(bed, ackMs) };
}

function markOf({ line: { slope } }: Soaked, minutes: number): Mark {
  const kept = slope < MOST_SLOPE_MB;
  return {
    verdict:
      Number.isNaN(slope) || minutes < LEAST_MINUTES
        ? 'not measured'
        : kept
          ? 'reached'
          : 'not reached',
    text: `growth of the resident memory over ${minutes} minutes: ${number(slope)} MB per 10 minutes (less than ${MOST_SLOPE_MB})`,
  };
}

async function open(options: SoakOptions, stores: BenchStores, sink: Sink): Promise<TestBed> {
  const variant = VARIANTS.find(({ name }) => name === 'waybill');
  const scenario = SCENARIOS.find(({ name }) => name === 'rate');
  if (!variant || !scenario) throw new RangeError('nothing to soak');
  const { connections } = options;
  const order = { scenario, variant, round: 1, events: 0, connections, profile: undefined };
  return TestBed.open(order, stores, sink);
}

/** Hours of traffic in small: a fixed rate with failures, the resident memory over time, and a line through it. */
export async function soak(
  options: SoakOptions,
  stores: BenchStores,
  sink: Sink,
  say: (line: string) => void,
): Promise<boolean> {
  const { minutes } = options;
  const machine = await describeMachine(stores);
  say(machineLine(machine));
  say(`${PER_SECOND} events/s for ${minutes} minutes, every ${REFUSED_EVERY}th refused at first`);
  const bed = await open(options, stores, sink);
  try {
    const soaked = await measure(bed, minutes, say);
    const mark = markOf(soaked, minutes);
    const { samples, line, fittedFrom, faults } = soaked;
    const ack = percentiles(soaked.ackMs);
    const rss = spread(samples.map((sample) => sample.rss));
    say(
      `\nRSS MB min / median / max: ${three(rss)}; ack ms p50 ${number(ack.p50)} p99 ${number(ack.p99)}`,
    );
    say(markLines([mark]));
    if (faults.length > 0) say(`INVALID: ${faults.join('; ')}`);
    const content = { machine, minutes, perSecond: PER_SECOND, mark, line, ack, faults, samples };
    const svg = soakChart(samples, line, fittedFrom, machineLine(machine));
    say(`\nwritten: ${await writeResult('soak', content, svg, options.json)}.{json,svg}`);
    return faults.length === 0;
  } finally {
    await bed.close();
  }
}
