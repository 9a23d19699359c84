import type { ReceiptDoc } from '../../ledger/documents.js';
import { RECEIPT_STATES } from '../../ledger/documents.js';
import { PageQuery, QueryChoice, QueryText } from '../paging/page-query.js';

/** Filters of `GET /api/v1/receipts`; all of them must hold. */
export class ReceiptQuery extends PageQuery {
  @QueryText('Account id.')
  account?: string;

  @QueryChoice(RECEIPT_STATES, 'What became of the notification.')
  state?: ReceiptDoc['state'];
}
