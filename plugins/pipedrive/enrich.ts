import { answerJson, isRecord, lookedUp, NOT_LOOKED_UP, pick, type Enrichment } from '#contract';
import { attributionOf } from './deal.js';
import { emailOf } from './person.js';
import { PipedriveCredentials, PipedriveSettings } from './settings.js';

/** One host for all companies. */
const PERSONS = 'https://api.pipedrive.com/v1/persons';

/** The person of a deal: e-mail, and the click where the deal itself has none. */
export const enrich: Enrichment<PipedriveCredentials, PipedriveSettings> = {
  wants: (draft, { apiToken }, step) =>
    apiToken !== undefined &&
    step === 0 &&
    draft.flags?.includes(NOT_LOOKED_UP) === true &&
    /^\d+$/.test(draft.customer?.id ?? ''),

  build: (draft, { apiToken = '' }) => ({
    method: 'GET',
    url: `${PERSONS}/${draft.customer?.id ?? ''}`,
    headers: { 'x-api-token': apiToken, accept: 'application/json' },
  }),

  apply(draft, response, { settings }) {
    const person = pick(answerJson(response), 'data');
    if (!isRecord(person)) return draft;
    const email = emailOf(person);
    const attribution = { ...attributionOf(person, settings), ...draft.attribution };
    return {
      ...lookedUp(draft),
      ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
      customer: { ...draft.customer, ...(email === undefined ? {} : { email }) },
    };
  },
};
