import type { DraftDoc, DraftResult, ReceiptDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';

type Sibling = Pick<DraftDoc, 'state' | 'result' | 'reason' | 'eventIds'>;

/** The most telling first: what a person must look at, then what was new. */
const TELLING: readonly DraftResult[] = ['parked', 'conflict', 'recorded', 'dropped', 'repeat'];

/** What became of a receipt whose drafts are all done. Undefined: one is not. Pure. */
export function receiptState(
  siblings: readonly Sibling[],
): Pick<ReceiptDoc, 'state' | 'reason'> | undefined {
  if (siblings.some(({ state }) => state === 'open')) return undefined;
  const result = TELLING.find((one) => siblings.some((sibling) => sibling.result === one));
  // What is no event was understood all the same.
  if (result === undefined || result === 'dropped') return { state: 'recorded' };
  const reason = siblings.find((one) => one.result === result)?.reason;
  return { state: result, ...(result === 'parked' && reason !== undefined ? { reason } : {}) };
}

/**
 * Tells the receipt of a draft what became of it. Whoever ends the last draft says the word, and when two end at once both
 * say the same. A receipt that is flagged as a conflict stays one.
 */
export async function tellReceipt(store: LedgerStore, { receipt }: DraftDoc): Promise<void> {
  const siblings = await store.drafts
    .find({ receipt }, { projection: { state: 1, result: 1, reason: 1, eventIds: 1 } })
    .toArray();
  const eventIds = siblings.flatMap((one) => one.eventIds ?? []);
  const said = receiptState(siblings);
  await store.receipts.updateOne(
    { _id: receipt },
    { $addToSet: { eventIds: { $each: eventIds } } },
  );
  if (!said) return;
  await store.receipts.updateOne(
    { _id: receipt, state: { $ne: 'conflict' } },
    { $set: said, ...(said.reason === undefined ? { $unset: { reason: 1 } } : {}) },
  );
}
