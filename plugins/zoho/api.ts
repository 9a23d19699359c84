import {
  answerJson,
  factMoney,
  identifier,
  isRecord,
  lookedUp,
  NOT_LOOKED_UP,
  pick,
  text,
  textAt,
  type EnrichContext,
  type Enrichment,
  type EventDraft,
  type HttpResponse,
  type SourceJob,
} from '#contract';
import { AFFILIATE, attributionOf, CLICK } from './facts.js';
import { API_HOSTS, ZohoCredentials, ZohoSettings } from './settings.js';

const FIRST: EnrichContext<ZohoSettings> = { settings: new ZohoSettings(), step: 0 };

const api = ({ dataCentre = 'com' }: ZohoCredentials): string => `${API_HOSTS[dataCentre]}/crm/v8`;

const headersOf = ({ accessToken = '' }: ZohoCredentials) => ({
  authorization: `Zoho-oauthtoken ${accessToken}`,
  accept: 'application/json',
});

const MODULES: Readonly<Record<string, string>> = { deals: 'Deals', leads: 'Leads' };

/** The record itself, then the contact of a deal. */
function subject(
  draft: EventDraft,
  step: number,
): readonly [module: string | undefined, id: string] {
  const [kind = '', id = ''] = (draft.record?.id ?? '').split(':', 2);
  if (step === 0) return [MODULES[kind], id];
  return step === 1 && kind === 'deals' ? ['Contacts', draft.customer?.id ?? ''] : [undefined, ''];
}

/** Deal or lead (amount, click, e-mail), then the deal's contact. `resource_uri` is never followed. */
export const enrich: Enrichment<ZohoCredentials, ZohoSettings> = {
  wants(draft, { accessToken }, step) {
    const [module, id] = subject(draft, step);
    if (accessToken === undefined || module === undefined || !/^\d+$/.test(id)) return false;
    return step > 0 || draft.flags?.includes(NOT_LOOKED_UP) === true;
  },

  build(draft, credentials, { settings, step } = FIRST) {
    const [module = '', id] = subject(draft, step);
    const fields = [
      ...(module === 'Deals' ? ['Amount', 'Currency', 'Contact_Name'] : ['Email']),
      ...(settings.clickIdFrom ?? CLICK),
      ...(settings.affiliateIdFrom ?? AFFILIATE),
    ];
    const query = new URLSearchParams({ fields: fields.join(',') }).toString();
    return {
      method: 'GET',
      url: `${api(credentials)}/${module}/${id}?${query}`,
      headers: headersOf(credentials),
    };
  },

  apply(draft, response, { settings } = FIRST) {
    const found = pick(answerJson(response), 'data[0]');
    if (!isRecord(found)) return draft;
    const revenue = factMoney(
      draft.type,
      found['Amount'],
      text(found['Currency']) ?? settings.currency,
    );
    const attribution = { ...attributionOf(found, settings), ...draft.attribution };
    const id = identifier(textAt(found, 'Contact_Name.id'));
    const email = textAt(found, 'Email');
    const customer = {
      ...draft.customer,
      ...(id === undefined ? {} : { id }),
      ...(email === undefined ? {} : { email }),
    };
    return {
      ...lookedUp(draft, revenue === 'unreadable' ? 'amount-unreadable' : undefined),
      ...(typeof revenue === 'object' ? { revenue } : {}),
      ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
      ...(Object.keys(customer).length > 0 ? { customer } : {}),
    };
  },
};

const HOUR_MS = 3_600_000;

/** Zoho's maximum is a week; longer, or none, silently becomes one hour. */
const LIFE_MS = 6 * 24 * HOUR_MS;

/** Zoho's own clock, from the Date header of its answer (RFC 9110 §6.6.1): a plugin has none. */
function clockOf({ status, headers }: HttpResponse): string | null {
  const at = status >= 200 && status <= 299 ? Date.parse(headers['date'] ?? '') : Number.NaN;
  return Number.isNaN(at) ? null : String(at);
}

/**
 * Keeps the channel alive. The cursor is Zoho's clock at the last renewal, in epoch milliseconds; the first call has none
 * and gets an hour, so the interval stays below that.
 */
export const renewal: SourceJob<ZohoCredentials> = {
  name: 'renew-channel',
  every: HOUR_MS / 2,
  build(cursor, credentials) {
    const expiry =
      cursor === null ? {} : { channel_expiry: new Date(Number(cursor) + LIFE_MS).toISOString() };
    const watch = [
      { channel_id: credentials.channelId ?? '', token: credentials.token, ...expiry },
    ];
    return {
      method: 'PATCH',
      url: `${api(credentials)}/actions/watch`,
      headers: { ...headersOf(credentials), 'content-type': 'application/json' },
      body: JSON.stringify({ watch }),
    };
  },
  apply: (response) => ({ cursor: clockOf(response), drafts: [] }),
};
