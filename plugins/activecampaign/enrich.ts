import {
  answerJson,
  currencyCode,
  isRecord,
  lookedUp,
  minorUnits,
  NOT_LOOKED_UP,
  pick,
  text,
  textAt,
  type Enrichment,
} from '#contract';
import { ActiveCampaignCredentials, type ActiveCampaignSettings } from './settings.js';

const dealOf = (id: string | undefined): string | undefined => /^deal:(\d+)$/.exec(id ?? '')?.[1];

/** The deal's amount from the API, whose unit is known (hundredths): it settles what `value_raw` meant. */
export const enrich: Enrichment<ActiveCampaignCredentials, ActiveCampaignSettings> = {
  wants: (draft, { apiUrl, apiKey }, step) =>
    apiUrl !== undefined &&
    apiKey !== undefined &&
    step === 0 &&
    draft.flags?.includes(NOT_LOOKED_UP) === true &&
    dealOf(draft.record?.id) !== undefined,

  build: (draft, { apiUrl = '', apiKey = '' }) => ({
    method: 'GET',
    url: `${apiUrl.replace(/\/+$/, '')}/api/3/deals/${dealOf(draft.record?.id) ?? ''}`,
    headers: { 'api-token': apiKey, accept: 'application/json' },
  }),

  apply(draft, response) {
    const deal = pick(answerJson(response), 'deal');
    if (!isRecord(deal)) return draft;
    const revenue = minorUnits(text(deal['value']), currencyCode(textAt(deal, 'currency')), 2);
    if (!revenue) return lookedUp(draft, 'amount-unreadable');
    const same = revenue.amount === draft.revenue?.amount;
    return { ...lookedUp(draft, same ? undefined : 'amount-corrected'), revenue };
  },
};
