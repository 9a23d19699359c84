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
  type Enrichment,
  type EventDraft,
  type SourceJob,
  type TokenExchange,
} from '#contract';
import { AFFILIATE, attributionOf, CLICK } from './facts.js';
import type { ZohoPayload } from './channel.js';
import { ACCOUNTS_HOSTS, API_HOSTS, ZohoCredentials, ZohoSettings } from './settings.js';

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
  wants(draft, { accessToken, refreshToken }, step) {
    const [module, id] = subject(draft, step);
    if ((accessToken ?? refreshToken) === undefined || module === undefined || !/^\d+$/.test(id))
      return false;
    return step > 0 || draft.flags?.includes(NOT_LOOKED_UP) === true;
  },

  build(draft, credentials, { settings, step }) {
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

  apply(draft, response, { settings }) {
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

const DAY_MS = 86_400_000;

/** Zoho's maximum is a week; longer, or none, silently becomes one hour. */
const LIFE_MS = 6 * DAY_MS;

/** Keeps the channel alive: six days ahead, once a day, so that five failed days cost nothing. */
export const renewal: SourceJob<ZohoCredentials, ZohoSettings, ZohoPayload> = {
  name: 'renew-channel',
  every: DAY_MS,
  wants: ({ accessToken, refreshToken, channelId }) =>
    channelId !== undefined && (accessToken ?? refreshToken) !== undefined,
  build(credentials, { now }) {
    const { channelId = '', token } = credentials;
    const expiry = new Date(now + LIFE_MS).toISOString();
    return {
      method: 'PATCH',
      url: `${api(credentials)}/actions/watch`,
      headers: { ...headersOf(credentials), 'content-type': 'application/json' },
      body: JSON.stringify({
        watch: [{ channel_id: channelId, token, channel_expiry: expiry }],
      }),
    };
  },
  // A 2xx may hold the failure of the one channel that it was asked about.
  apply: (response) =>
    textAt(answerJson(response), 'watch[0].status') === 'error' ? undefined : { cursor: null },
};

/** OAuth refresh (Zoho "Access and refresh tokens"): access tokens live for an hour. */
export const token: TokenExchange<ZohoCredentials> = {
  wants: ({ clientId, clientSecret, refreshToken }) =>
    clientId !== undefined && clientSecret !== undefined && refreshToken !== undefined,
  build: ({ clientId = '', clientSecret = '', refreshToken = '', dataCentre = 'com' }) => ({
    method: 'POST',
    url: `${ACCOUNTS_HOSTS[dataCentre]}/oauth/v2/token`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    }).toString(),
  }),
  read(response) {
    const found = answerJson(response);
    const access = textAt(found, 'access_token');
    const seconds = Number(textAt(found, 'expires_in') ?? '3600');
    return access === undefined || !(seconds > 0)
      ? undefined
      : { token: access, forMs: seconds * 1000 };
  },
  lay: (credentials, accessToken) =>
    Object.assign(new ZohoCredentials(), credentials, { accessToken }),
};
