import {
  answerJson,
  BACKFILL_EVERY,
  BACKFILL_REACH,
  isRecord,
  listAt,
  nextPage,
  nextStretch,
  pick,
  stretchOf,
  textAt,
  type SourceJob,
  type Stretch,
} from '#contract';
import type { CjRecord } from './record.js';
import type { CjCredentials, CjSettings } from './settings.js';

const QUERY = 'https://commissions.api.cj.com/query';

const FIELDS = [
  ...['commissionId', 'original', 'originalActionId', 'actionType', 'actionStatus', 'orderId'],
  ...['advertiserId', 'aid', 'websiteId', 'shopperId', 'coupon', 'correctionReason'],
  ...['eventDate', 'postingDate', 'saleAmountUsd', 'pubCommissionAmountUsd'],
].join(' ');

/** In place of a watermark, where the next window begins. */
const NO_MARK = '-';

const wire = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The posting times of one query: the stretch, or as much of it as CJ allows. */
const windowOf = ({ since, began }: Stretch) => ({
  from: since,
  end: Math.min(began, since + BACKFILL_REACH),
});

const digits = (value: string | undefined): string | undefined =>
  value !== undefined && /^\d{1,32}$/.test(value) ? value : undefined;

/**
 * Commission records by the time when CJ posted them, so that corrections come as well as new actions; within one
 * stretch by the watermark `maxCommissionId` (developers.cj.com, "Commission Detail"). At most 31 days per query.
 */
export const poll: SourceJob<CjCredentials, CjSettings, CjRecord> = {
  name: 'poll',
  every: BACKFILL_EVERY / 4,
  wants: () => true,

  build({ accessToken, companyId }, { cursor, now }) {
    const stretch = stretchOf(cursor, now);
    const { from, end } = windowOf(stretch);
    const after = digits(stretch.page);
    const terms = [
      `forPublishers: ["${companyId}"]`,
      `sincePostingDate: "${wire(from)}"`,
      `beforePostingDate: "${wire(end)}"`,
      ...(after === undefined ? [] : [`sinceCommissionId: "${after}"`]),
    ];
    const query = `{ publisherCommissions(${terms.join(', ')}) { count payloadComplete maxCommissionId records { ${FIELDS} } } }`;
    return {
      method: 'POST',
      url: QUERY,
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query }),
    };
  },

  apply(response, { cursor, now }) {
    // GraphQL tells its own errors with status 200 and without data.
    const list = pick(answerJson(response), 'data.publisherCommissions');
    if (!isRecord(list) || !Array.isArray(list['records'])) return undefined;
    const payloads = listAt(list, 'records').filter((one): one is CjRecord => isRecord(one));
    const last = digits(textAt(list, 'maxCommissionId'));
    const stretch = stretchOf(cursor, now);
    if (list['payloadComplete'] === false && last !== undefined && last !== stretch.page)
      return { cursor: nextPage(stretch, last), payloads, more: true };
    const { end } = windowOf(stretch);
    return end < stretch.began
      ? { cursor: nextPage({ ...stretch, since: end }, NO_MARK), payloads, more: true }
      : { cursor: nextStretch(stretch), payloads };
  },
};
