import type { Call } from '../program/call.js';
import { deliveryColumns } from './columns.js';
import { showList } from './list.js';

export const run = (call: Call): Promise<void> =>
  showList(
    call,
    'deliveries',
    {
      eventId: call.text('event'),
      target: call.text('target'),
      status: call.text('state'),
      account: call.text('account'),
    },
    deliveryColumns(call),
  );
