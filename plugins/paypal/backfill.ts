import {
  answerJson,
  BACKFILL_EVERY,
  isRecord,
  listAt,
  nextPage,
  nextStretch,
  stretchOf,
  textAt,
  type JobContext,
  type SourceJob,
} from '#contract';
import { apiOf } from './api.js';
import { isEvent, type PayPalPayload } from './message.js';
import type { PayPalCredentials, PayPalSettings } from './settings.js';

const PAGE = 100;

const DAY_MS = 86_400_000;
/** PayPal keeps events for 30 days; one day less, so that no clock makes the first request too old. */
const KEPT_MS = 29 * DAY_MS;
/** Windows are halved down to this and no further. */
const SHORTEST_MS = 1000;

interface Window {
  readonly start: number;
  readonly end: number;
}

function windowOf({ cursor, now }: JobContext<PayPalSettings>): Window {
  const { since, began, page } = stretchOf(cursor, now);
  return { start: Math.max(since, now - KEPT_MS), end: page === undefined ? began : Number(page) };
}

const wire = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * Events of the app, in the shape of its webhooks (developer.paypal.com, "List event notifications"). A window with more
 * events than a page holds is halved, and the windows follow each other: so the order of the list and the form of its
 * links do not matter, and no link is followed.
 */
export const backfill: SourceJob<PayPalCredentials, PayPalSettings, PayPalPayload> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ clientId, clientSecret }) => clientId !== undefined && clientSecret !== undefined,

  build(credentials, context) {
    const { start, end } = windowOf(context);
    const query = new URLSearchParams({
      start_time: wire(start),
      end_time: wire(end),
      page_size: String(PAGE),
    });
    return {
      method: 'GET',
      url: `${apiOf(credentials)}/v1/notifications/webhooks-events?${query.toString()}`,
      headers: {
        authorization: `Bearer ${credentials.accessToken ?? ''}`,
        accept: 'application/json',
      },
    };
  },

  apply(response, context, { environment }) {
    const list = answerJson(response);
    if (!isRecord(list) || !Array.isArray(list['events'])) return undefined;
    const events = listAt(list, 'events').filter(isEvent);
    const payloads = events.map((event) => ({ sandbox: environment === 'sandbox', event }));
    const { start, end } = windowOf(context);
    const stretch = stretchOf(context.cursor, context.now);
    const more = listAt(list, 'links').some((link) => textAt(link, 'rel') === 'next');
    if ((more || events.length >= PAGE) && end - start > SHORTEST_MS) {
      const half = String(Math.floor((start + end) / 2));
      return { cursor: nextPage({ ...stretch, since: start }, half), payloads, more: true };
    }
    return end < stretch.began
      ? {
          cursor: nextPage({ ...stretch, since: end }, String(stretch.began)),
          payloads,
          more: true,
        }
      : { cursor: nextStretch(stretch), payloads };
  },
};
