import { isRecordSeen, STAGE_TYPES, type EventDraft, type RecordSeen } from '../contract/index.js';
import type { Account } from '../accounts/model.js';
import { orderRef, type DraftDoc } from '../ledger/documents.js';
import { draftId } from '../platform/ids/ids.js';
import { contentHash } from './stamp.js';

const STATES: ReadonlySet<unknown> = new Set(STAGE_TYPES);

/** Whether some credential of the account can look up what a draft lacks. */
function wantsLookUp({ source, credentials }: Account, draft: EventDraft): boolean {
  if (!source.enrich) return false;
  try {
    return credentials.some(({ value }) => source.enrich?.wants(draft, value, 0) === true);
  } catch {
    // Said where it is asked again, after the acknowledgement; the draft waits there for a better plugin.
    return true;
  }
}

/** No look-up, and no record whose state could say otherwise: rebills and adjustments are no states of a record. */
export const isEventAtOnce = (account: Account, draft: EventDraft): boolean =>
  (draft.record === undefined || !STATES.has(draft.type)) && !wantsLookUp(account, draft);

/**
 * The name of what was told. A state that was seen without a time has none of its own: it is told anew by each receipt,
 * for the record may have been somewhere else in between.
 */
const nameOf = (told: EventDraft | RecordSeen, receipt: string): string =>
  isRecordSeen(told)
    ? `seen:${told.seen.id}:${told.seen.state}:${told.occurredAt ?? receipt}`
    : told.key;

/** The draft as it waits; `of` is the caller's to fill when the receipt holds more. Pure. */
export function draftDoc(
  account: Account,
  from: Pick<DraftDoc, 'receipt' | 'receivedAt' | 'trust'>,
  told: EventDraft | RecordSeen,
  now: number,
): DraftDoc {
  const record = isRecordSeen(told) ? told.seen : told.record;
  const at = told.occurredAt === null ? from.receivedAt : new Date(told.occurredAt);
  return {
    _id: draftId(account.id, nameOf(told, from.receipt), contentHash(told)),
    account: account.id,
    source: account.source.name,
    ...from,
    of: 1,
    ...(record === undefined ? {} : { record: orderRef(account.id, record.id) }),
    at,
    told: JSON.stringify(told),
    step: 0,
    attempts: 0,
    crashes: 0,
    state: 'open',
    since: new Date(now),
    wakeAt: new Date(now),
  };
}
