import {
  answerJson,
  isRecord,
  lookedUp,
  namedAttribution,
  NOT_LOOKED_UP,
  pick,
  textAt,
  type Enrichment,
} from '#contract';
import { fieldOf } from './facts.js';
import { GoHighLevelCredentials, GoHighLevelSettings } from './settings.js';

const CONTACTS = 'https://services.leadconnectorhq.com/contacts';

/** HighLevel refuses requests without a version. */
const VERSION = '2021-07-28';

/** The contact: e-mail and the custom field with the click id. */
export const enrich: Enrichment<GoHighLevelCredentials, GoHighLevelSettings> = {
  wants: (draft, { accessToken }, step) =>
    accessToken !== undefined &&
    step === 0 &&
    draft.flags?.includes(NOT_LOOKED_UP) === true &&
    /^[A-Za-z0-9_-]+$/.test(draft.customer?.id ?? ''),

  build: (draft, { accessToken = '' }) => ({
    method: 'GET',
    url: `${CONTACTS}/${draft.customer?.id ?? ''}`,
    headers: {
      authorization: `Bearer ${accessToken}`,
      version: VERSION,
      accept: 'application/json',
    },
  }),

  apply(draft, response, { settings }) {
    const contact = pick(answerJson(response), 'contact');
    if (!isRecord(contact)) return draft;
    const email = textAt(contact, 'email');
    const found = namedAttribution((name) => fieldOf(contact, name), settings);
    const attribution = { ...found, ...draft.attribution };
    return {
      ...lookedUp(draft),
      ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
      customer: { ...(email === undefined ? {} : { email }), ...draft.customer },
    };
  },
};
