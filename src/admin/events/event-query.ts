import { EVENT_TYPES, type EventType } from '../../contract/index.js';
import {
  DEFAULT_LIMIT,
  PageCursor,
  PageLimit,
  QueryChoice,
  QueryText,
  QueryTime,
} from '../paging/page-query.js';

/** What events are looked for by; all of it must hold. */
export class EventFilters {
  @QueryText('Id or any other name of the order: finds every event of that order.')
  orderId?: string;

  @QueryText('Click id.')
  clickId?: string;

  @QueryText('Account id.')
  account?: string;

  @QueryChoice(EVENT_TYPES, 'Event type.')
  type?: EventType;

  @QueryChoice(['true', 'false'], 'Only test events, or only live ones.')
  test?: 'true' | 'false';

  @QueryTime('Received at or after this moment.')
  from?: string;

  @QueryTime('Received before this moment.')
  to?: string;
}

/** Filters of `GET /api/v1/events`, and the page. */
export class EventQuery extends EventFilters {
  @PageLimit()
  limit: number = DEFAULT_LIMIT;

  @PageCursor()
  cursor?: string;
}
