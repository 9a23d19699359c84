import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP, type EventDraft } from '#contract';
import { enrich } from './enrich.js';
import { HubSpotCredentials, HubSpotSettings } from './settings.js';

const credentials = Object.assign(new HubSpotCredentials(), {
  clientSecret: 'not-a-real-secret',
  accessToken: 'pat-not-real',
});
const settings = Object.assign(new HubSpotSettings(), { currency: 'EUR', clickIdFrom: ['cid'] });

const draftOf = (object: string, id: string): EventDraft =>
  factDraft({
    object,
    id,
    type: 'SALE',
    nativeType: 'dealstage:closedwon',
    test: false,
    occurredAt: null,
    flags: [NOT_LOOKED_UP],
  });

/** Plays the core: asks for look-ups until none is wanted. */
function play(draft: EventDraft, answers: readonly { status?: number; body: unknown }[]) {
  const urls: string[] = [];
  let now = draft;
  for (let step = 0; enrich.wants(now, credentials, step); step += 1) {
    urls.push(enrich.build(now, credentials, { settings, step }).url);
    const { status = 200, body } = answers[step] ?? { status: 404, body: {} };
    const response = { status, headers: {}, body: JSON.stringify(body) };
    now = enrich.apply(now, response, { settings, step }) ?? now;
  }
  return { urls, draft: now };
}

const deal = {
  id: '7001',
  properties: { amount: '490.5', deal_currency_code: null },
  associations: { contacts: { results: [{ id: '5101', type: 'deal_to_contact' }] } },
};

describe('look-ups at HubSpot', () => {
  it('read the deal, then its first contact', () => {
    const { urls, draft } = play(draftOf('deal', '7001'), [
      { body: deal },
      { body: { id: '5101', properties: { email: 'b@example.com', cid: 'clk7' } } },
    ]);
    expect(urls).toEqual([
      'https://api.hubapi.com/crm/v3/objects/deals/7001?properties=amount%2Cdeal_currency_code%2Ccid%2Caffiliate_id%2Caffiliateid%2Caff_id&associations=contacts',
      'https://api.hubapi.com/crm/v3/objects/contacts/5101?properties=email%2Ccid%2Caffiliate_id%2Caffiliateid%2Caff_id',
    ]);
    expect(draft.revenue).toEqual({ amount: 49_050, currency: 'EUR' });
    expect(draft.customer).toEqual({ id: '5101', email: 'b@example.com' });
    expect(draft.attribution).toEqual({ clickId: 'clk7' });
    expect(draft).not.toHaveProperty('flags');
  });

  it("prefer the deal's own click to the contact's", () => {
    const own = { ...deal, properties: { ...deal.properties, cid: 'of-deal' } };
    const { draft } = play(draftOf('deal', '7001'), [
      { body: own },
      { body: { id: '5101', properties: { cid: 'of-contact' } } },
    ]);
    expect(draft.attribution).toEqual({ clickId: 'of-deal' });
  });

  it('leave a record that is gone flagged, and an unreadable amount out', () => {
    expect(play(draftOf('deal', '7001'), []).draft).toEqual(draftOf('deal', '7001'));
    const { draft } = play(draftOf('deal', '7001'), [{ body: { properties: { amount: '1e9' } } }]);
    expect(draft).not.toHaveProperty('revenue');
    expect(draft.flags).toEqual(['amount-unreadable']);
  });

  it('are not made for an id that is no number', () => {
    expect(play(draftOf('contact', '../../oauth'), []).urls).toEqual([]);
  });

  it('need a token, and a deal or contact', () => {
    const none = Object.assign(new HubSpotCredentials(), { clientSecret: 'x' });
    expect(enrich.wants(draftOf('deal', '1'), none, 0)).toBe(false);
    expect(enrich.wants(draftOf('object-2-9', '1'), credentials, 0)).toBe(false);
  });
});
