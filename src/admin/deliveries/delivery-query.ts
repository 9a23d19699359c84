import type { DeliveryState } from '../../ledger/documents.js';
import { DELIVERY_STATES } from '../models.js';
import {
  DEFAULT_LIMIT,
  PageCursor,
  PageLimit,
  QueryChoice,
  QueryText,
} from '../paging/page-query.js';

/** What deliveries are looked for by; all of it must hold. */
export class DeliveryFilters {
  @QueryText('Event id: its deliveries, replays included.')
  eventId?: string;

  @QueryText('Target id.')
  target?: string;

  @QueryChoice(DELIVERY_STATES, 'State of the delivery.')
  status?: DeliveryState;

  @QueryText('Account id.')
  account?: string;
}

/** Filters of `GET /api/v1/deliveries`, and the page. */
export class DeliveryQuery extends DeliveryFilters {
  @PageLimit()
  limit: number = DEFAULT_LIMIT;

  @PageCursor()
  cursor?: string;
}
