import type { TestBed } from '../test-bed.js';
import type { Books } from '../variants.js';

export const LIMIT_MS = 120_000;
const POLL_MS = 10;

export const isMissing = (time: number): boolean => Number.isNaN(time);

export const missingIn = (times: Float64Array): number => times.filter(isMissing).length;

/** Waits for the last outcome to be in the database; the poll costs one look-up in an index per 10 ms. */
export async function settled({ order, run }: TestBed, limitMs = LIMIT_MS): Promise<void> {
  const began = performance.now();
  while (await order.variant.unsettled(run.db, order.scenario.targets)) {
    if (performance.now() - began > limitMs) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export const booksOf = ({ order, run }: TestBed): Promise<Books> =>
  order.variant.books(run.db, order.scenario.targets);

/** What a run must have done, beside what was there before it. */
export interface Expected {
  readonly acked: Float64Array;
  /** Accepted events that are in the books, but not in `acked`. */
  readonly before: number;
  readonly base?: Books;
}

/** What does not add up between what was accepted, what arrived and what the database says. */
export async function faultsOf(bed: TestBed, expected: Expected): Promise<string[]> {
  const faults: string[] = [];
  const { sink, order } = bed;
  const { targets } = order.scenario;
  const { acked, before, base = { events: 0, delivered: 0 } } = expected;
  const refused = missingIn(acked);
  if (refused > 0) faults.push(`${refused} events were not accepted`);
  for (let target = 0; target < targets; target += 1) {
    const lost = missingIn(sink.times(target));
    if (lost > 0) faults.push(`${lost} events never arrived at partner ${target}`);
  }
  if (sink.strays > 0) faults.push(`${sink.strays} requests to the partner were not readable`);
  const events = before + acked.length - refused;
  const books = await booksOf(bed);
  const recorded = books.events - base.events;
  const delivered = books.delivered - base.delivered;
  if (recorded !== events) faults.push(`the ledger has ${recorded} of ${events} events`);
  if (delivered !== events * targets) {
    faults.push(`${delivered} of ${events * targets} deliveries are on record`);
  }
  return faults;
}
