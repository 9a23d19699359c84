import {
  answerJson,
  BACKFILL_EVERY,
  identifier,
  isRecord,
  listAt,
  nextPage,
  nextStretch,
  parseJson,
  pick,
  stretchOf,
  text,
  textAt,
  type JobContext,
  type JobResult,
  type SourceJob,
  type Stretch,
} from '#contract';
import type { Element } from './app.js';
import type { HubSpotCredentials, HubSpotSettings } from './settings.js';

/** What one change of a batch is in a webhook. */
interface Batch {
  readonly batch: readonly Element[];
}

const DEALS = 'https://api.hubapi.com/crm/v3/objects/deals';

/** HubSpot's maximum for a batch read with histories. */
const PAGE = 50;

/** Where the search stands: deals modified from this millisecond on, and HubSpot's marker inside of one millisecond. */
interface Search {
  readonly from: number;
  readonly after?: string;
}

/** The next request: a search, or the histories of the deals that the last one found. */
interface Place extends Search {
  readonly ids: readonly string[];
  /** The last search had no further page. */
  readonly isLast: boolean;
}

const idsOf = (list: readonly unknown[]): readonly string[] =>
  list.flatMap((id) => identifier(id) ?? []);

function placeOf({ since, page }: Stretch): Place {
  const parsed = parseJson(Buffer.from(page ?? '', 'utf8'));
  const kept = parsed.ok ? parsed.value : undefined;
  const after = textAt(kept, 'after');
  return {
    from: Number(textAt(kept, 'from') ?? since),
    ...(after === undefined ? {} : { after }),
    ids: idsOf(listAt(kept, 'ids')),
    isLast: pick(kept, 'isLast') === true,
  };
}

const searchBody = ({ from, after }: Search) => ({
  filterGroups: [
    { filters: [{ propertyName: 'hs_lastmodifieddate', operator: 'GTE', value: String(from) }] },
  ],
  sorts: [{ propertyName: 'hs_lastmodifieddate', direction: 'ASCENDING' }],
  properties: ['hs_lastmodifieddate'],
  limit: PAGE,
  ...(after === undefined ? {} : { after }),
});

const readBody = (ids: readonly string[]) => ({
  inputs: ids.map((id) => ({ id })),
  properties: ['dealstage'],
  propertiesWithHistory: ['dealstage'],
});

/** What to read after the deals of this page: by their last time, since deals that change meanwhile move to the end. */
function searchAfter(list: unknown, here: Search): Search | undefined {
  const after = textAt(list, 'paging.next.after');
  if (after === undefined) return undefined;
  const last = listAt(list, 'results').at(-1);
  const from = Date.parse(textAt(last, 'properties.hs_lastmodifieddate') ?? '');
  return from > here.from ? { from } : { from: here.from, after };
}

function found(list: unknown, stretch: Stretch): JobResult<Batch> | undefined {
  if (!isRecord(list) || !Array.isArray(list['results'])) return undefined;
  const ids = idsOf(listAt(list, 'results').map((deal) => pick(deal, 'id')));
  if (ids.length === 0) return { cursor: nextStretch(stretch) };
  const place = { ...(searchAfter(list, placeOf(stretch)) ?? { isLast: true }), ids };
  return { cursor: nextPage(stretch, JSON.stringify(place)), more: true };
}

/** The changes of a deal's stage since the stretch began, oldest first, each as a webhook tells it. */
function changesOf(deal: unknown, since: number): readonly Element[] {
  const history = listAt(deal, 'propertiesWithHistory.dealstage').map((one) => ({
    occurredAt: Date.parse(textAt(one, 'timestamp') ?? ''),
    propertyValue: textAt(one, 'value') ?? '',
  }));
  return history
    .filter(({ occurredAt }) => occurredAt >= since)
    .sort((a, b) => a.occurredAt - b.occurredAt)
    .map((change) => ({
      subscriptionType: 'deal.propertyChange',
      propertyName: 'dealstage',
      objectId: text(pick(deal, 'id')) ?? '',
      ...change,
    }));
}

function read(list: unknown, stretch: Stretch): JobResult<Batch> | undefined {
  if (!isRecord(list) || !Array.isArray(list['results'])) return undefined;
  const payloads = listAt(list, 'results')
    .map((deal) => ({ batch: changesOf(deal, stretch.since) }))
    .filter(({ batch }) => batch.length > 0);
  const { isLast, from, after } = placeOf(stretch);
  return isLast
    ? { cursor: nextStretch(stretch), payloads }
    : { cursor: nextPage(stretch, JSON.stringify({ from, after })), payloads, more: true };
}

/**
 * Deals that were modified since the last run (search API), and the histories of their stages (batch read): each change
 * with the time that a webhook names as `occurredAt`. Deals only: not every account has webhooks for contacts.
 */
export const backfill: SourceJob<HubSpotCredentials, HubSpotSettings, Batch> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ accessToken }) => accessToken !== undefined,

  build({ accessToken = '' }, { cursor, now }) {
    const place = placeOf(stretchOf(cursor, now));
    const { ids } = place;
    return {
      method: 'POST',
      url: ids.length > 0 ? `${DEALS}/batch/read` : `${DEALS}/search`,
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(ids.length > 0 ? readBody(ids) : searchBody(place)),
    };
  },

  apply(response, { cursor, now }: JobContext<HubSpotSettings>) {
    const stretch = stretchOf(cursor, now);
    const list = answerJson(response);
    return placeOf(stretch).ids.length > 0 ? read(list, stretch) : found(list, stretch);
  },
};
