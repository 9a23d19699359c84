import {
  answerJson,
  BACKFILL_EVERY,
  BACKFILL_REACH,
  isRecord,
  listAt,
  pick,
  textAt,
  type Json,
  type SourceJob,
} from '#contract';
import { isEvent } from './message.js';
import type { PaddleCredentials, PaddleSettings } from './settings.js';

const HOSTS = { live: 'https://api.paddle.com', sandbox: 'https://sandbox-api.paddle.com' };

/** Paddle's maximum. */
const PAGE = '200';

/** Events of the last hour are read again by the next run: one may become visible after a younger one. */
const OVERLAP_MS = 3_600_000;

/** Two ids of events: the last one that is an hour old, where the next run begins, and the last one read. */
function placeOf(cursor: string | null): { readonly settled?: string; readonly read?: string } {
  const [settled = '', read = ''] = (cursor ?? '').split(' ');
  return {
    ...(settled === '' ? {} : { settled }),
    ...(read === '' && settled === '' ? {} : { read: read === '' ? settled : read }),
  };
}

const madeAt = (event: Json): number => Date.parse(textAt(event, 'occurred_at') ?? '');
const idOf = (event: Json | undefined): string | undefined => textAt(event, 'event_id');

/**
 * Paddle's stream of events (developer.paddle.com, "List events": 90 days), oldest first, in the shape of its
 * notifications. It is walked by the ids of the events; `meta.pagination.next` is not followed.
 */
export const backfill: SourceJob<PaddleCredentials, PaddleSettings, Json> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ apiKey }) => apiKey !== undefined,

  build({ apiKey = '' }, { cursor, settings: { sandbox } }) {
    const { read } = placeOf(cursor);
    const query = new URLSearchParams({ order_by: 'id[ASC]', per_page: PAGE });
    if (read !== undefined) query.set('after', read);
    return {
      method: 'GET',
      url: `${sandbox ? HOSTS.sandbox : HOSTS.live}/events?${query.toString()}`,
      headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json' },
    };
  },

  apply(response, { cursor, now }) {
    const list = answerJson(response);
    if (!isRecord(list) || !Array.isArray(list['data'])) return undefined;
    const events = listAt(list, 'data').filter(isEvent);
    const old = events.filter((event) => madeAt(event) <= now - OVERLAP_MS);
    const settled = idOf(old.at(-1)) ?? placeOf(cursor).settled ?? '';
    // The first run reads the stream from its beginning, 90 days ago, and tells the last 30 days of it.
    const payloads = events.filter(
      (event) => cursor !== null || madeAt(event) >= now - BACKFILL_REACH,
    );
    const last = idOf(events.at(-1));
    const more = pick(list, 'meta.pagination.has_more') === true;
    return more && last !== undefined
      ? { cursor: `${settled} ${last}`, payloads, more: true }
      : { cursor: settled === '' ? null : settled, payloads };
  },
};
