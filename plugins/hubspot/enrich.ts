import {
  AFFILIATE_FIELDS,
  answerJson,
  CLICK_FIELDS,
  lookedUp,
  NOT_LOOKED_UP,
  type Enrichment,
  type EventDraft,
} from '#contract';
import { CONTACT_PROPERTIES, DEAL_PROPERTIES, recordHints, recordMoney } from './record.js';
import { HubSpotCredentials, HubSpotSettings } from './settings.js';

/** HubSpot has one API host for all regions. */
const OBJECTS = 'https://api.hubapi.com/crm/v3/objects';

/** `deal:7` → what to fetch; the second look-up of a deal is its first contact. */
function subject(draft: EventDraft, step: number): readonly [kind: string, id: string] {
  const [kind = '', id = ''] = (draft.record?.id ?? '').split(':', 2);
  return step === 0 ? [kind, id] : ['contact', draft.customer?.id ?? ''];
}

/** The order of the settings: where deal and contact both name a click, the deal's own counts. */
const laidOver = (draft: EventDraft, more: Partial<EventDraft>): EventDraft => ({
  ...draft,
  ...more,
  ...(draft.attribution || more.attribution
    ? { attribution: { ...more.attribution, ...draft.attribution } }
    : {}),
  ...(draft.customer || more.customer ? { customer: { ...more.customer, ...draft.customer } } : {}),
});

/** Deal (amount, currency, click) and then its first contact (e-mail, click); contacts by themselves in one step. */
export const enrich: Enrichment<HubSpotCredentials, HubSpotSettings> = {
  wants(draft, { accessToken }, step) {
    const [kind, id] = subject(draft, step);
    // HubSpot's ids are digits; anything else could name another path of its API.
    if (accessToken === undefined || !/^\d+$/.test(id)) return false;
    return step === 0
      ? draft.flags?.includes(NOT_LOOKED_UP) === true && (kind === 'deal' || kind === 'contact')
      : step === 1 && draft.record?.id.startsWith('deal:') === true;
  },

  build(draft, { accessToken = '' }, { settings, step }) {
    const [kind, id] = subject(draft, step);
    const names = [
      ...(kind === 'deal' ? DEAL_PROPERTIES : CONTACT_PROPERTIES),
      ...(settings.clickIdFrom ?? CLICK_FIELDS),
      ...(settings.affiliateIdFrom ?? AFFILIATE_FIELDS),
    ];
    const query = new URLSearchParams({ properties: names.join(',') });
    if (kind === 'deal') query.set('associations', 'contacts');
    return {
      method: 'GET',
      url: `${OBJECTS}/${kind}s/${id}?${query.toString()}`,
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
    };
  },

  apply(draft, response, { settings }) {
    const found = answerJson(response);
    if (found === undefined) return draft;
    const revenue = recordMoney(draft.type, found, settings);
    return laidOver(lookedUp(draft, revenue === 'unreadable' ? 'amount-unreadable' : undefined), {
      ...recordHints(found, settings),
      ...(typeof revenue === 'object' ? { revenue } : {}),
    });
  },
};
