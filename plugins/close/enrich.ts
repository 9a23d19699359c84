import {
  answerJson,
  isRecord,
  lookedUp,
  namedAttribution,
  NOT_LOOKED_UP,
  textAt,
  type Enrichment,
} from '#contract';
import { get } from './api.js';
import { customOf } from './facts.js';
import { CloseCredentials, CloseSettings } from './settings.js';

/** The lead of an opportunity: e-mail of its first contact, and its custom fields. */
export const enrich: Enrichment<CloseCredentials, CloseSettings> = {
  wants: (draft, { apiKey }, step) =>
    apiKey !== undefined &&
    step === 0 &&
    draft.flags?.includes(NOT_LOOKED_UP) === true &&
    /^lead_\w+$/.test(draft.customer?.id ?? ''),

  build: (draft, credentials) => get(credentials, `lead/${draft.customer?.id ?? ''}/`),

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
