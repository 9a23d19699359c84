import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP, type EventDraft } from '#contract';
import { enrich } from './enrich.js';
import { normalize } from './facts.js';
import { KeapCredentials, KeapSettings } from './settings.js';

const credentials = Object.assign(new KeapCredentials(), { accessToken: 'not-a-real-token' });
const settings = Object.assign(new KeapSettings(), { currency: 'USD', clickIdFrom: ['27'] });

const draftOf = (object: string, id: string): EventDraft =>
  factDraft({
    object,
    id,
    type: 'SALE',
    nativeType: 'invoice.payment.add',
    test: false,
    occurredAt: null,
    flags: [NOT_LOOKED_UP],
  });

/** Plays the core: asks for look-ups until none is wanted. */
function play(draft: EventDraft, answers: readonly unknown[]) {
  const urls: string[] = [];
  let now = draft;
  for (let step = 0; enrich.wants(now, credentials, step); step += 1) {
    urls.push(enrich.build(now, credentials, { settings, step }).url);
    const body = answers[step];
    const status = body === undefined ? 404 : 200;
    const response = { status, headers: {}, body: JSON.stringify(body ?? {}) };
    now = enrich.apply(now, response, { settings, step }) ?? now;
  }
  return { urls, draft: now };
}

const contact = {
  id: 7,
  email_addresses: [{ email: 'b@example.com', field: 'EMAIL1' }],
  custom_fields: [{ id: 27, content: 'clk-ke' }],
};

describe('look-ups at Keap', () => {
  it('read the payment, then its contact', () => {
    const { urls, draft } = play(draftOf('invoice.payment', '31'), [
      { id: 31, amount: 49.5, contact_id: 7 },
      contact,
    ]);
    expect(urls).toEqual([
      'https://api.infusionsoft.com/crm/rest/v1/transactions/31',
      'https://api.infusionsoft.com/crm/rest/v1/contacts/7?optional_properties=custom_fields',
    ]);
    expect(draft.revenue).toEqual({ amount: 4950, currency: 'USD' });
    expect(draft.customer).toEqual({ id: '7', email: 'b@example.com' });
    expect(draft.attribution).toEqual({ clickId: 'clk-ke' });
    expect(draft).not.toHaveProperty('flags');
  });

  it('read an order by its total, a contact in one step', () => {
    const order = play(draftOf('order', '5'), [{ total: 10, contact: { id: 7 } }, contact]);
    expect(order.draft.revenue).toEqual({ amount: 1000, currency: 'USD' });
    expect(play(draftOf('contact', '7'), [contact]).urls).toHaveLength(1);
  });

  it('read the contact that a tag was put on, once', () => {
    const tagged = { ...draftOf('contactGroup', '101-7'), customer: { id: '7' } };
    const { urls, draft } = play(tagged, [contact]);
    expect(urls).toEqual([
      'https://api.infusionsoft.com/crm/rest/v1/contacts/7?optional_properties=custom_fields',
    ]);
    expect(draft.attribution).toEqual({ clickId: 'clk-ke' });
  });

  it('never follow the address of a hook', () => {
    const payload = {
      eventKey: 'contact.add',
      objects: [{ id: 'https://evil.example/1', timestamp: null, contacts: [] }],
    };
    const [draft] = normalize(payload, settings) as readonly EventDraft[];
    expect(draft && play(draft, []).urls).toEqual([]);
    expect(play(draftOf('order', '5/../../x'), []).urls).toEqual([]);
  });

  it('leave a gone object flagged', () => {
    expect(play(draftOf('order', '5'), []).draft).toEqual(draftOf('order', '5'));
  });
});
