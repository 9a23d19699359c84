import type { Call } from '../program/call.js';
import { eventColumns } from './columns.js';
import { showList, timeRange } from './list.js';

export const run = (call: Call): Promise<void> =>
  showList(
    call,
    'events',
    {
      orderId: call.text('order'),
      clickId: call.text('click'),
      account: call.text('account'),
      type: call.text('type')?.toUpperCase(),
      test: call.text('test'),
      ...timeRange(call),
    },
    eventColumns(),
  );
