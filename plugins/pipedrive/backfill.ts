import {
  answerJson,
  BACKFILL_EVERY,
  isRecord,
  listAt,
  nextPage,
  nextStretch,
  stretchOf,
  textAt,
  type SourceJob,
} from '#contract';
import { LISTED } from './message.js';
import type { PipedriveCredentials, PipedriveSettings } from './settings.js';
import type { PipedrivePayload } from './verify.js';

const DEALS = 'https://api.pipedrive.com/api/v2/deals';

/** Pipedrive's maximum is 500; a page must fit into the core's limit for answers. */
const PAGE = '200';

/** A deal without a before: whatever it is now counts, and the state of the record in the core drops what was told. */
const listed = (deal: PipedrivePayload): PipedrivePayload => ({
  meta: { action: LISTED, entity: 'deal', entity_id: textAt(deal, 'id') ?? '' },
  data: deal,
  previous: null,
});

/** Deals that changed since the last run, oldest first, through API v2 with its cursor. Deleted ones are not listed. */
export const backfill: SourceJob<PipedriveCredentials, PipedriveSettings, PipedrivePayload> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ apiToken }) => apiToken !== undefined,

  build({ apiToken = '' }, { cursor, now }) {
    const { since, page } = stretchOf(cursor, now);
    const query = new URLSearchParams({
      updated_since: `${new Date(since).toISOString().slice(0, 19)}Z`,
      sort_by: 'update_time',
      sort_direction: 'asc',
      limit: PAGE,
    });
    if (page !== undefined) query.set('cursor', page);
    return {
      method: 'GET',
      url: `${DEALS}?${query.toString()}`,
      headers: { 'x-api-token': apiToken, accept: 'application/json' },
    };
  },

  apply(response, { cursor, now }) {
    const list = answerJson(response);
    if (!isRecord(list) || list['success'] !== true) return undefined;
    const payloads = listAt(list, 'data').filter(isRecord).map(listed);
    const next = textAt(list, 'additional_data.next_cursor');
    const stretch = stretchOf(cursor, now);
    return next === undefined
      ? { cursor: nextStretch(stretch), payloads }
      : { cursor: nextPage(stretch, next), payloads, more: true };
  },
};
