import type { SourcePlugin } from '../../contract/index.js';
import type { DraftDoc, ReceiptDoc } from '../../ledger/documents.js';
import { storedNotification } from '../../normalize/receipts.js';
import type { Masking } from '../masking.js';
import { maskForm, showBody, type Shown } from './redact-body.js';

/** As it stands in lists: nothing of what the network wrote. */
export const receiptLine = (doc: ReceiptDoc) => ({
  id: doc._id,
  account: doc.account,
  source: doc.source,
  state: doc.state,
  reason: doc.reason ?? null,
  via: doc.via,
  receivedAt: doc.at.toISOString(),
  trust: doc.trust,
  credential: doc.credential,
  eventIds: doc.eventIds,
});

/** Without what was told: that may be personal. */
export const draftLine = (doc: DraftDoc) => ({
  id: doc._id,
  state: doc.state,
  result: doc.result ?? null,
  reason: doc.reason ?? null,
  lookUps: doc.step,
  failures: doc.attempts,
  nextAt: doc.state === 'open' ? (doc.wakeAt?.toISOString() ?? null) : null,
  eventIds: doc.eventIds ?? [],
});

const maskShown = (shown: Shown, masking: Masking): Shown =>
  shown && shown.encoding === 'text' ? { ...shown, data: masking.text(shown.data) } : shown;

/**
 * With headers and body. `plugin`: undefined when it is not installed any more; then nobody knows which fields to mask,
 * and no body is shown.
 */
export function receiptDetail(
  doc: ReceiptDoc,
  drafts: readonly DraftDoc[],
  plugin: SourcePlugin | undefined,
  masking: Masking,
) {
  const redact = plugin?.redact ?? [];
  const { body, headers, query, method } = storedNotification(doc);
  const type = headers['content-type'] ?? '';
  const show = (bytes: Buffer, as: string): Shown =>
    plugin ? maskShown(showBody(bytes, as, redact), masking) : null;
  return {
    ...receiptLine(doc),
    method,
    query: masking.text(maskForm(query, redact)),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, masking.text(value ?? '')]),
    ),
    bytes: body.length,
    drafts: drafts.map(draftLine),
    body: show(body, type),
    payload:
      doc.payload === undefined ? null : show(Buffer.from(doc.payload, 'utf8'), 'application/json'),
  };
}
