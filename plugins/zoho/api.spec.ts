import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP, type EventDraft } from '#contract';
import { enrich, renewal } from './api.js';
import { ZohoCredentials, ZohoSettings } from './settings.js';

const credentials = Object.assign(new ZohoCredentials(), {
  token: 'sample-channel-token',
  channelId: '77',
  dataCentre: 'eu',
  accessToken: 'not-a-real-token',
});
const settings = Object.assign(new ZohoSettings(), { currency: 'EUR', clickIdFrom: ['Click_ID'] });

const draftOf = (object: string, id: string): EventDraft =>
  factDraft({
    object,
    id,
    type: 'SALE',
    nativeType: 'Deals:Closed Won',
    test: false,
    occurredAt: null,
    flags: [NOT_LOOKED_UP],
  });

function play(draft: EventDraft, answers: readonly unknown[]) {
  const urls: string[] = [];
  let now = draft;
  for (let step = 0; enrich.wants(now, credentials, step); step += 1) {
    urls.push(enrich.build(now, credentials, { settings, step }).url);
    const status = answers[step] === undefined ? 404 : 200;
    const response = { status, headers: {}, body: JSON.stringify({ data: [answers[step]] }) };
    now = enrich.apply(now, response, { settings, step });
  }
  return { urls, draft: now };
}

describe('look-ups at Zoho', () => {
  it('read the deal in its data centre, then its contact', () => {
    const { urls, draft } = play(draftOf('deals', '487'), [
      { Amount: 490, Currency: null, Contact_Name: { id: '99', name: 'Lea' } },
      { Email: 'b@example.com', Click_ID: 'clk' },
    ]);
    expect(urls).toEqual([
      'https://www.zohoapis.eu/crm/v8/Deals/487?fields=Amount%2CCurrency%2CContact_Name%2CClick_ID%2CAffiliate_ID%2CAffiliate_Id',
      'https://www.zohoapis.eu/crm/v8/Contacts/99?fields=Email%2CClick_ID%2CAffiliate_ID%2CAffiliate_Id',
    ]);
    expect(draft.revenue).toEqual({ amount: 49_000, currency: 'EUR' });
    expect(draft.customer).toEqual({ id: '99', email: 'b@example.com' });
    expect(draft.attribution).toEqual({ clickId: 'clk' });
    expect(draft).not.toHaveProperty('flags');
  });

  it('read a lead in one step, leave a gone record flagged, and take only digits', () => {
    expect(play(draftOf('leads', '1'), [{ Email: 'l@example.com' }]).urls).toHaveLength(1);
    expect(play(draftOf('deals', '1'), []).draft).toEqual(draftOf('deals', '1'));
    expect(play(draftOf('deals', '../x'), []).urls).toEqual([]);
    expect(enrich.wants(draftOf('deals', '1'), new ZohoCredentials(), 0)).toBe(false);
  });
});

describe('the renewal of the channel', () => {
  const watchOf = (cursor: string | null): unknown => {
    const { body = '' } = renewal.build(cursor, credentials);
    return (JSON.parse(body) as { readonly watch: readonly unknown[] }).watch[0];
  };

  it('takes the time from the answer before, six days ahead', () => {
    const answer = { status: 200, headers: { date: 'Fri, 20 Nov 2026 10:00:00 GMT' }, body: '{}' };
    const { cursor, drafts } = renewal.apply(answer);
    expect([cursor, drafts]).toEqual(['1795168800000', []]);
    expect(watchOf(null)).toEqual({ channel_id: '77', token: 'sample-channel-token' });
    expect(watchOf(cursor)).toMatchObject({ channel_expiry: '2026-11-26T10:00:00.000Z' });
  });

  it('starts again after a failure, and runs more often than the hour that a channel without expiry lives', () => {
    expect(renewal.apply({ status: 401, headers: { date: 'x' }, body: '' }).cursor).toBeNull();
    expect(renewal.apply({ status: 200, headers: {}, body: '' }).cursor).toBeNull();
    expect(renewal.every).toBeLessThan(3_600_000);
  });
});
