import {
  answerJson,
  BACKFILL_EVERY,
  compact,
  isRecord,
  listAt,
  nextPage,
  nextStretch,
  stretchOf,
  textAt,
  type SourceJob,
} from '#contract';
import type { Fields } from './facts.js';
import type { ActiveCampaignCredentials, ActiveCampaignSettings } from './settings.js';

/** ActiveCampaign's maximum. */
const PAGE = 100;

/** The API counts every currency in hundredths; a webhook in the unit of the setting. */
function rawValue(hundredths: string | undefined, { amountUnit }: ActiveCampaignSettings) {
  if (hundredths === undefined || amountUnit === 'minor' || !/^\d{1,15}$/.test(hundredths))
    return hundredths;
  const digits = hundredths.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A deal of the list as `deal_update` tells it; the title of the stage and the contact's fields are not in the list. */
const asWebhook = (deal: unknown, settings: ActiveCampaignSettings): Fields =>
  compact({
    type: 'deal_update',
    date_time: textAt(deal, 'mdate'),
    'deal[id]': textAt(deal, 'id'),
    'deal[status]': textAt(deal, 'status'),
    'deal[stageid]': textAt(deal, 'stage'),
    'deal[value_raw]': rawValue(textAt(deal, 'value'), settings),
    'deal[currency]': textAt(deal, 'currency'),
    'deal[contactid]': textAt(deal, 'contact'),
  }) as Fields;

/** Deals that changed since the last run: ActiveCampaign never sends a webhook twice, so this is the only second chance. */
export const backfill: SourceJob<ActiveCampaignCredentials, ActiveCampaignSettings, Fields> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ apiUrl, apiKey }) => apiUrl !== undefined && apiKey !== undefined,

  build({ apiUrl = '', apiKey = '' }, { cursor, now }) {
    const { since, page } = stretchOf(cursor, now);
    const query = new URLSearchParams({
      'filters[updated_after]': new Date(since).toISOString(),
      'orders[mdate]': 'ASC',
      limit: String(PAGE),
      offset: page ?? '0',
    });
    return {
      method: 'GET',
      url: `${apiUrl.replace(/\/+$/, '')}/api/3/deals?${query.toString()}`,
      headers: { 'api-token': apiKey, accept: 'application/json' },
    };
  },

  apply(response, { cursor, now, settings }) {
    const list = answerJson(response);
    if (!isRecord(list) || !Array.isArray(list['deals'])) return undefined;
    const deals = listAt(list, 'deals');
    const payloads = deals.map((deal) => asWebhook(deal, settings));
    const stretch = stretchOf(cursor, now);
    // A deal that changes meanwhile moves to the end: the next page begins a little before the end of this one.
    const next = Number(stretch.page ?? '0') + PAGE - PAGE / 10;
    return deals.length === PAGE
      ? { cursor: nextPage(stretch, String(next)), payloads, more: true }
      : { cursor: nextStretch(stretch), payloads };
  },
};
