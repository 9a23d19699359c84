import type { DeliveryState } from '../../ledger/documents.js';
import { DELIVERY_STATES } from '../models.js';
import { PageQuery, QueryChoice, QueryText } from '../paging/page-query.js';

/** Filters of `GET /api/v1/deliveries`; all of them must hold. */
export class DeliveryQuery extends PageQuery {
  @QueryText('Event id: its deliveries, replays included.')
  eventId?: string;

  @QueryText('Target id.')
  target?: string;

  @QueryChoice(DELIVERY_STATES, 'State of the delivery.')
  status?: DeliveryState;

  @QueryText('Account id.')
  account?: string;
}
