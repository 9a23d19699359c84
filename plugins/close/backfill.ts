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
import { get } from './api.js';
import type { CloseCredentials, CloseSettings } from './settings.js';

/** What a webhook carries: one event of the log. */
type ClosePayload = Readonly<Record<string, unknown>>;

/** Close's maximum. */
const PAGE = '50';

/**
 * The event log of the last 30 days, newest first (developer.close.com, "Event Log"): the very events that webhooks
 * carry. Opportunities only: an account may have no webhook for leads, and every lead would be news.
 */
export const backfill: SourceJob<CloseCredentials, CloseSettings, ClosePayload> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ apiKey }) => apiKey !== undefined,

  build(credentials, { cursor, now }) {
    const { since, page } = stretchOf(cursor, now);
    const query = new URLSearchParams({
      object_type: 'opportunity',
      date_updated__gte: new Date(since).toISOString(),
      _limit: PAGE,
    });
    if (page !== undefined) query.set('_cursor', page);
    return get(credentials, `event/?${query.toString()}`);
  },

  apply(response, { cursor, now }) {
    const log = answerJson(response);
    if (!isRecord(log) || !Array.isArray(log['data'])) return undefined;
    const payloads = listAt(log, 'data')
      .filter(isRecord)
      .map((event) => ({ event }));
    const older = textAt(log, 'cursor_next');
    const stretch = stretchOf(cursor, now);
    return older !== undefined && payloads.length > 0
      ? { cursor: nextPage(stretch, older), payloads, more: true }
      : { cursor: nextStretch(stretch), payloads };
  },
};
