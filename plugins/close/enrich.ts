import {
  answerJson,
  isRecord,
  lookedUp,
  namedAttribution,
  NOT_LOOKED_UP,
  textAt,
  type Enrichment,
} from '#contract';
import { customOf } from './facts.js';
import { CloseCredentials, CloseSettings } from './settings.js';

const LEADS = 'https://api.close.com/api/v1/lead';

/** The lead of an opportunity: e-mail of its first contact, and its custom fields. */
export const enrich: Enrichment<CloseCredentials, CloseSettings> = {
  wants: (draft, { apiKey }, step) =>
    apiKey !== undefined &&
    step === 0 &&
    draft.flags?.includes(NOT_LOOKED_UP) === true &&
    /^lead_\w+$/.test(draft.customer?.id ?? ''),

  build: (draft, { apiKey = '' }) => ({
    method: 'GET',
    url: `${LEADS}/${draft.customer?.id ?? ''}/`,
    // The key is the user name, the password stays empty.
    headers: {
      authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
      accept: 'application/json',
    },
  }),

  apply(draft, response, { settings }) {
    const lead = answerJson(response);
    if (!isRecord(lead)) return draft;
    const email = textAt(lead, 'contacts[0].emails[0].email');
    const found = namedAttribution((name) => customOf(lead, name), settings);
    const attribution = { ...found, ...draft.attribution };
    return {
      ...lookedUp(draft),
      ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
      customer: { ...(email === undefined ? {} : { email }), ...draft.customer },
    };
  },
};
