import {
  answerJson,
  fromIso,
  isRecord,
  nextPage,
  nextStretch,
  stretchOf,
  text,
  textAt,
  type SourceJob,
} from '#contract';
import { isForAccount } from './account.js';
import { asNotification, many } from './listed.js';
import type { ClickBankPayload } from './message.js';
import type { ClickBankCredentials, ClickBankSettings } from './settings.js';

const ORDERS = 'https://api.clickbank.com/rest/1.3/orders2/list';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * ClickBank tries a notification five times, four hours apart. What is younger than a day may still come by itself, and
 * is left to it: amounts of list and notification might differ, and so would the keys.
 */
const SETTLED_MS = DAY_MS;

/** The list asks by days of ClickBank's own clock: one more on both sides, and the day that was not settled last time. */
const MARGIN_MS = SETTLED_MS + DAY_MS;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const isSettled = (order: unknown, now: number): boolean => {
  const at = fromIso(textAt(order, 'transactionTime'));
  return at !== undefined && Date.parse(at) <= now - SETTLED_MS;
};

/** Orders of the account that are a day old, each told as its notification would have been (Orders API 1.3). */
export const backfill: SourceJob<ClickBankCredentials, ClickBankSettings, ClickBankPayload> = {
  name: 'backfill',
  every: 6 * HOUR_MS,
  knownBy: 'order',
  wants: ({ apiKey }) => apiKey !== undefined,

  build({ apiKey = '' }, { cursor, now }) {
    const { since, page = '1' } = stretchOf(cursor, now);
    const query = new URLSearchParams({
      startDate: dayOf(since - MARGIN_MS),
      endDate: dayOf(now),
    });
    return {
      method: 'GET',
      url: `${ORDERS}?${query.toString()}`,
      headers: { authorization: apiKey, accept: 'application/json', page },
    };
  },

  apply(response, { cursor, now }, { vendor }) {
    const list = answerJson(response);
    // No order at all is told as `null`.
    if (list !== null && !isRecord(list)) return undefined;
    const payloads = many(list, 'orderData')
      .filter((order) => isSettled(order, now))
      .filter((order) =>
        isForAccount(
          {
            vendor: textAt(order, 'vendor'),
            affiliate: textAt(order, 'affiliate'),
            role: text(isRecord(order) ? order['role'] : undefined),
          },
          vendor,
        ),
      )
      .map(asNotification);
    const stretch = stretchOf(cursor, now);
    // 206: there is another page; 200: it was the last one.
    return response.status === 206
      ? {
          cursor: nextPage(stretch, String(Number(stretch.page ?? '1') + 1)),
          payloads,
          more: true,
        }
      : { cursor: nextStretch(stretch), payloads };
  },
};
