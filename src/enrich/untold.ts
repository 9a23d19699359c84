import type { CommitRequest } from '../ledger/commit.js';
import type { EventDoc, ReceiptDoc } from '../ledger/documents.js';
import type { Collection } from '../platform/mongo/mongo-store.js';

/** Told already, under whatever key: the same order, type and number of the payment. */
async function isTold(event: EventDoc, told: Collection<EventDoc>): Promise<boolean> {
  const { type, order, refs = [] } = event;
  if (order === null || refs.length === 0) return false;
  const same = { refs: { $in: refs }, type, 'order.sequence': order.sequence };
  return (await told.findOne(same, { projection: { _id: 1 } })) !== null;
}

/**
 * The request without the events that the ledger has under another key (`knownBy: 'order'` of a job), and without their
 * rows. What it leaves out stays as it was told.
 */
export async function untold(
  request: CommitRequest<ReceiptDoc>,
  told: Collection<EventDoc>,
): Promise<CommitRequest<ReceiptDoc>> {
  const events: EventDoc[] = [];
  for (const event of request.events) if (!(await isTold(event, told))) events.push(event);
  const ids = new Set(events.map(({ _id }) => _id));
  return {
    ...request,
    events,
    rows: request.rows.filter(({ event }) => ids.has(event)),
    receipt: { ...request.receipt, eventIds: request.receipt.eventIds.filter((id) => ids.has(id)) },
  };
}
