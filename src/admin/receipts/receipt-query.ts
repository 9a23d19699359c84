import type { ReceiptDoc } from '../../ledger/documents.js';
import { RECEIPT_STATES } from '../../ledger/documents.js';
import {
  DEFAULT_LIMIT,
  PageCursor,
  PageLimit,
  QueryChoice,
  QueryText,
} from '../paging/page-query.js';

/** What receipts are looked for by; all of it must hold. */
export class ReceiptFilters {
  @QueryText('Account id.')
  account?: string;

  @QueryChoice(RECEIPT_STATES, 'What became of the notification.')
  state?: ReceiptDoc['state'];
}

/** Filters of `GET /api/v1/receipts`, and the page. */
export class ReceiptQuery extends ReceiptFilters {
  @PageLimit()
  limit: number = DEFAULT_LIMIT;

  @PageCursor()
  cursor?: string;
}
