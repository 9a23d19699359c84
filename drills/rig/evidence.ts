import { rmSync } from 'node:fs';
import path from 'node:path';
import type { mongo } from 'mongoose';
import { Journal, readJournal } from './journal.js';
import type { PartnerLine } from './partner.js';
import type { AcceptedLine, SentLine } from './sender.js';

/** A line of `events.ndjson`, read from the ledger at the end. */
export interface EventLine {
  readonly event: string;
  readonly order: string;
  readonly type: string;
  readonly amount: number;
}

/** A line of `deliveries.ndjson`, read from the ledger at the end. */
export interface DeliveryLine {
  readonly id: string;
  readonly event: string;
  readonly target: string;
  readonly state: string;
  readonly reason: string;
  readonly attempts: number;
  readonly replay: boolean;
  /** Milliseconds from birth to the final state; none while open. */
  readonly tookMs?: number;
}

/** A line of `crashes.ndjson`: a process of ours was killed while these deliveries (`event|target`) were claimed. */
export interface CrashLine {
  readonly at: number;
  readonly what: string;
  readonly claimed: readonly string[];
}

/** All that the oracles look at. Nothing in it comes from the gateway's own metrics. */
export interface Evidence {
  readonly sent: readonly SentLine[];
  readonly accepted: readonly AcceptedLine[];
  readonly partners: readonly PartnerLine[];
  readonly events: readonly EventLine[];
  readonly deliveries: readonly DeliveryLine[];
  readonly crashes: readonly CrashLine[];
}

/** Writes the ledger's own account of the run beside the others; a second time replaces the first. */
export async function dumpLedger(db: mongo.Db, dir: string): Promise<void> {
  for (const name of ['events.ndjson', 'deliveries.ndjson'])
    rmSync(path.join(dir, name), { force: true });
  const events = new Journal<EventLine>(path.join(dir, 'events.ndjson'));
  for await (const doc of db
    .collection('events')
    .find({}, { projection: { order: 1, type: 1, revenue: 1 } })) {
    events.add({
      event: String(doc._id),
      order: String((doc['order'] as { id?: unknown } | undefined)?.id),
      type: String(doc['type']),
      amount: Number((doc['revenue'] as { amount?: unknown } | undefined)?.amount ?? Number.NaN),
    });
  }
  events.close();
  const deliveries = new Journal<DeliveryLine>(path.join(dir, 'deliveries.ndjson'));
  for await (const doc of db.collection('deliveries').find(
    {},
    {
      projection: {
        ...{ event: 1, target: 1, state: 1, reason: 1, attempts: 1, replayOf: 1 },
        ...{ at: 1, settledAt: 1 },
      },
    },
  )) {
    deliveries.add({
      id: String(doc._id),
      event: String(doc['event']),
      target: String(doc['target']),
      state: String(doc['state']),
      reason: String(doc['reason'] ?? ''),
      attempts: Number(doc['attempts']),
      replay: doc['replayOf'] !== undefined,
      ...took(doc),
    });
  }
  deliveries.close();
}

function took({ at: born, settledAt: ended }: mongo.Document): { readonly tookMs?: number } {
  return born instanceof Date && ended instanceof Date
    ? { tookMs: ended.getTime() - born.getTime() }
    : {};
}

/** Reads the files of a finished run back. */
export const readEvidence = (dir: string): Evidence => ({
  sent: readJournal(path.join(dir, 'sent.ndjson')),
  accepted: readJournal(path.join(dir, 'accepted.ndjson')),
  partners: readJournal(path.join(dir, 'partners.ndjson')),
  events: readJournal(path.join(dir, 'events.ndjson')),
  deliveries: readJournal(path.join(dir, 'deliveries.ndjson')),
  crashes: readJournal(path.join(dir, 'crashes.ndjson')),
});
