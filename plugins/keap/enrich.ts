import {
  answerJson,
  factMoney,
  identifier,
  isRecord,
  listAt,
  lookedUp,
  namedAttribution,
  NOT_LOOKED_UP,
  pick,
  text,
  textAt,
  type Enrichment,
  type EventDraft,
} from '#contract';
import { KeapCredentials, KeapSettings } from './settings.js';

/** The one host of Keap's API; the `apiUrl` of a hook is never followed. */
const API = 'https://api.infusionsoft.com/crm/rest/v1';

/** Where each kind of object is read. */
const PATHS: Readonly<Record<string, string>> = {
  contact: 'contacts',
  order: 'orders',
  'invoice.payment': 'transactions',
  opportunity: 'opportunities',
};

const split = (name: string): readonly [kind: string, id: string] => {
  const cut = name.lastIndexOf(':');
  return [name.slice(0, Math.max(cut, 0)), name.slice(cut + 1)];
};

/** Path and id of the next look-up: the object itself, then its contact; a tag has nothing but its contact. */
function subject(draft: EventDraft, step: number): readonly [path: string | undefined, id: string] {
  const [kind, id] = split(draft.record?.id ?? '');
  const path = PATHS[kind];
  const first = path !== undefined && (step === 0 || path === 'contacts');
  const done = step > (path === undefined || path === 'contacts' ? 0 : 1);
  if (done) return [undefined, ''];
  return first ? [path, id] : ['contacts', draft.customer?.id ?? ''];
}

const fieldOf =
  (contact: unknown) =>
  (name: string): unknown =>
    listAt(contact, 'custom_fields')
      .filter(isRecord)
      .find(({ id }) => text(id) === name)?.['content'];

function ofContact(draft: EventDraft, contact: unknown, settings: KeapSettings): EventDraft {
  const email = textAt(contact, 'email_addresses[0].email');
  const attribution = { ...namedAttribution(fieldOf(contact), settings), ...draft.attribution };
  return {
    ...lookedUp(draft),
    ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
    customer: { ...draft.customer, ...(email === undefined ? {} : { email }) },
  };
}

function ofMoney(draft: EventDraft, found: unknown, settings: KeapSettings): EventDraft {
  const amount = textAt(found, 'amount') ?? textAt(found, 'total');
  const revenue = factMoney(draft.type, amount, textAt(found, 'currency') ?? settings.currency);
  const contact = identifier(pick(found, 'contact.id') ?? pick(found, 'contact_id'));
  return {
    ...lookedUp(draft, revenue === 'unreadable' ? 'amount-unreadable' : undefined),
    ...(typeof revenue === 'object' ? { revenue } : {}),
    ...(contact === undefined ? {} : { customer: { ...draft.customer, id: contact } }),
  };
}

/** Order, payment or opportunity (money), then its contact (e-mail, custom fields); a contact in one step. */
export const enrich: Enrichment<KeapCredentials, KeapSettings> = {
  wants(draft, { accessToken }, step) {
    const [path, id] = subject(draft, step);
    if (accessToken === undefined || path === undefined || !/^\d+$/.test(id)) return false;
    return step > 0 || draft.flags?.includes(NOT_LOOKED_UP) === true;
  },

  build(draft, { accessToken = '' }, { step }) {
    const [path = '', id] = subject(draft, step);
    const query = path === 'contacts' ? '?optional_properties=custom_fields' : '';
    return {
      method: 'GET',
      url: `${API}/${path}/${id}${query}`,
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
    };
  },

  apply(draft, response, { settings, step }) {
    const found = answerJson(response);
    if (!isRecord(found)) return draft;
    return subject(draft, step)[0] === 'contacts'
      ? ofContact(draft, found, settings)
      : ofMoney(draft, found, settings);
  },
};
