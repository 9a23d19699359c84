import { EVENT_TYPES, type EventType } from '../../contract/index.js';
import { PageQuery, QueryChoice, QueryText, QueryTime } from '../paging/page-query.js';

/** Filters of `GET /api/v1/events`; all of them must hold. */
export class EventQuery extends PageQuery {
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
