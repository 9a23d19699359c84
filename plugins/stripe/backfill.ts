import { answerJson, isRecord, listAt, text, textAt, type SourceJob } from '#contract';
import type { StripeCredentials, StripeSettings } from './settings.js';
import { isSnapshot, type StripeEvent } from './snapshot.js';

/** https://docs.stripe.com/api/events/list: newest first, of the last 30 days. */
const EVENTS = 'https://api.stripe.com/v1/events';

const HOUR_MS = 3_600_000;
const MONTH_SECONDS = 30 * 86_400;
/** Looked at again each time: events may become visible later than their time says. */
const OVERLAP_SECONDS = 3600;

/** Where a run stands: the time (epoch seconds) from which on, the page, and when the run began. */
interface Place {
  readonly since: number;
  readonly began: number;
  /** Id of the last event of the page before. */
  readonly after?: string;
}

function placeOf(cursor: string | null, now: number): Place {
  const seconds = Math.floor(now / 1000);
  const [since = '', began = '', after = ''] = (cursor ?? '').split(' ');
  if (cursor === null) return { since: seconds - MONTH_SECONDS, began: seconds };
  if (after === '') return { since: Number(since), began: seconds };
  return { since: Number(since), began: Number(began), after };
}

/** Events of Stripe's list have the shape of its webhooks; only what no webhook told is recorded. */
export const backfill: SourceJob<StripeCredentials, StripeSettings, StripeEvent> = {
  name: 'backfill',
  every: HOUR_MS,
  wants: ({ apiKey }) => apiKey !== undefined,

  build({ apiKey = '' }, { cursor, now }) {
    const { since, after } = placeOf(cursor, now);
    const query = new URLSearchParams({ limit: '100', 'created[gte]': String(since) });
    if (after !== undefined) query.set('starting_after', after);
    return {
      method: 'GET',
      url: `${EVENTS}?${query.toString()}`,
      headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json' },
    };
  },

  apply(response, { cursor, now }) {
    const page = answerJson(response);
    if (!isRecord(page) || textAt(page, 'object') !== 'list') return undefined;
    const payloads = listAt(page, 'data').filter(
      (one): one is StripeEvent => isRecord(one) && isSnapshot(one),
    );
    const last = text(payloads.at(-1)?.['id']);
    const { since, began } = placeOf(cursor, now);
    return page['has_more'] === true && last !== undefined
      ? { cursor: `${since} ${began} ${last}`, payloads, more: true }
      : { cursor: `${began - OVERLAP_SECONDS} 0`, payloads };
  },
};
