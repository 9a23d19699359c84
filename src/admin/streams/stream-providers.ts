import type { Provider } from '@nestjs/common';
import { LedgerStore } from '../../ledger/store.js';
import type { Clock } from '../../platform/clock/clock.js';
import { CLOCK } from '../../platform/tokens.js';
import { DeliveryReads } from '../deliveries/delivery-reads.js';
import { EventReads } from '../events/event-reads.js';
import { ExportReads } from '../exports/export-reads.js';
import { OpenStreams } from './open-streams.js';

/** What answers for long. */
export const streamProviders: Provider[] = [
  OpenStreams,
  {
    provide: ExportReads,
    useFactory: (store: LedgerStore, events: EventReads, deliveries: DeliveryReads, clock: Clock) =>
      new ExportReads(store, events, deliveries, clock),
    inject: [LedgerStore, EventReads, DeliveryReads, CLOCK],
  },
];
