import { fill } from '../fill.js';
import { closedLoop } from '../loader.js';
import { sealedRequests } from '../payload.js';
import type { Measured } from '../result.js';
import { accountOf, type Load } from '../scenarios.js';
import type { ServerProcess } from '../server-process.js';
import type { TestBed } from '../test-bed.js';
import { booksOf, LIMIT_MS, settled } from './books.js';
import { loadServers } from './steady.js';

type Grown = Extract<Load, { kind: 'grown' }>;

/** Events that the server itself records; the history is made of copies of them. */
const PATTERNS = 200;

async function makeHistory(
  bed: TestBed,
  server: ServerProcess,
  documents: number,
): Promise<number> {
  const { sink, run, stores } = bed;
  const began = performance.now();
  sink.reset(PATTERNS, 1);
  const requests = sealedRequests(accountOf(1), 0, PATTERNS, 'p');
  await closedLoop(await bed.connect(server), requests, LIMIT_MS);
  await sink.until(0, LIMIT_MS);
  await settled(bed);
  await fill(run.db, documents);
  await stores.checkpoint();
  return performance.now() - began;
}

/** A closed loop on a ledger that already holds `documents` events with their receipts and finished deliveries. */
export async function measureGrown(bed: TestBed, { documents }: Grown): Promise<Measured> {
  const server = await bed.start('all');
  const there = await bed.run.db.collection('events').estimatedDocumentCount();
  const fillMs = there < documents ? await makeHistory(bed, server, documents) : 0;
  const base = await booksOf(bed);
  const history = { base, series: `r${bed.order.round}` };
  const measured = await loadServers(bed, [server], { kind: 'closed' }, history);
  return {
    ...measured,
    figures: { documents: base.events, fillMs: Math.round(fillMs) },
  };
}
