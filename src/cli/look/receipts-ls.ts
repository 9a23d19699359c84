import type { Call } from '../program/call.js';
import { receiptColumns } from './columns.js';
import { showList } from './list.js';

export const run = (call: Call): Promise<void> =>
  showList(
    call,
    'receipts',
    { account: call.text('account'), state: call.text('state') },
    receiptColumns(call),
  );
