import { mongo } from 'mongoose';
import type { Account } from '../accounts/model.js';
import type { Notification, StoredNotification, Trust, Verified } from '../contract/index.js';
import type { ReceiptDoc } from '../ledger/documents.js';
import { timeId } from '../platform/ids/ids.js';

const KEPT_ALWAYS = ['content-type', 'user-agent'];

function keptHeaders(account: Account, notification: Notification): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of [...KEPT_ALWAYS, ...(account.source.keepHeaders ?? [])]) {
    const value = notification.headers[name];
    if (value !== undefined) kept[name] = value.slice(0, 1024);
  }
  return kept;
}

/** The receipt of a verified notification, before it is known what it means. No path token, no secret header. */
export function newReceipt(
  account: Account,
  notification: Notification,
  verified: { readonly payload: unknown; readonly trust: Trust; readonly credential: string },
): ReceiptDoc {
  const { source } = account;
  return {
    _id: timeId(notification.receivedAt),
    account: account.id,
    source: source.name,
    state: 'recorded',
    via: 'network',
    at: new Date(notification.receivedAt),
    method: notification.method,
    query: source.reopen ? notification.query : '',
    headers: keptHeaders(account, notification),
    raw: source.keep?.(notification.body) ?? notification.body,
    ...(source.reopen ? {} : { payload: JSON.stringify(verified.payload) }),
    trust: verified.trust,
    credential: verified.credential,
    eventIds: [],
  };
}

const bytes = (raw: ReceiptDoc['raw']): Buffer =>
  raw instanceof mongo.Binary ? Buffer.from(raw.buffer.subarray(0, raw.position)) : raw;

/** The stored form of a receipt, for `reopen`. */
export const storedNotification = (receipt: ReceiptDoc): StoredNotification => ({
  method: receipt.method,
  query: receipt.query,
  headers: receipt.headers,
  body: bytes(receipt.raw),
});

/**
 * The payload that was verified when the receipt was written. Only receipts come here, and only verified notifications
 * become receipts: that is what the brand says.
 */
export function reopenReceipt(account: Account, receipt: ReceiptDoc): Verified<unknown> {
  const payload: unknown =
    receipt.payload === undefined
      ? account.source.reopen?.(storedNotification(receipt))
      : JSON.parse(receipt.payload);
  return payload as Verified<unknown>;
}
