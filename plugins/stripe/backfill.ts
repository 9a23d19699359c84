import {
  answerJson,
  BACKFILL_EVERY,
  isRecord,
  listAt,
  nextPage,
  nextStretch,
  stretchOf,
  text,
  textAt,
  type SourceJob,
} from '#contract';
import type { StripeCredentials, StripeSettings } from './settings.js';
import { isSnapshot, type StripeEvent } from './snapshot.js';

/** https://docs.stripe.com/api/events/list: newest first, of the last 30 days. */
const EVENTS = 'https://api.stripe.com/v1/events';

/** Events of Stripe's list have the shape of its webhooks; only what no webhook told is recorded. */
export const backfill: SourceJob<StripeCredentials, StripeSettings, StripeEvent> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ apiKey }) => apiKey !== undefined,

  build({ apiKey = '' }, { cursor, now }) {
    const { since, page } = stretchOf(cursor, now);
    const from = String(Math.floor(since / 1000));
    const query = new URLSearchParams({ limit: '100', 'created[gte]': from });
    if (page !== undefined) query.set('starting_after', page);
    return {
      method: 'GET',
      url: `${EVENTS}?${query.toString()}`,
      headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json' },
    };
  },

  apply(response, { cursor, now }) {
    const list = answerJson(response);
    if (!isRecord(list) || textAt(list, 'object') !== 'list') return undefined;
    const payloads = listAt(list, 'data').filter(
      (one): one is StripeEvent => isRecord(one) && isSnapshot(one),
    );
    const last = text(payloads.at(-1)?.['id']);
    const stretch = stretchOf(cursor, now);
    return list['has_more'] === true && last !== undefined
      ? { cursor: nextPage(stretch, last), payloads, more: true }
      : { cursor: nextStretch(stretch), payloads };
  },
};
