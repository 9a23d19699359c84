import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP, type EventDraft } from '#contract';
import { enrich, renewal, token } from './api.js';
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
    now = enrich.apply(now, response, { settings, step }) ?? now;
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
  const context = { cursor: null, now: Date.parse('2026-11-20T10:00:00Z'), settings };

  it('is six days ahead, daily, and needs a channel and a token', () => {
    const { body = '', method } = renewal.build(credentials, context);
    expect([method, JSON.parse(body)]).toEqual([
      'PATCH',
      {
        watch: [
          {
            channel_id: '77',
            token: 'sample-channel-token',
            channel_expiry: '2026-11-26T10:00:00.000Z',
          },
        ],
      },
    ]);
    expect(renewal.every).toBeLessThan(6 * 86_400_000);
    expect(renewal.wants(credentials)).toBe(true);
    expect(renewal.wants(new ZohoCredentials())).toBe(false);
  });

  it('failed where the answer says so', () => {
    const answer = (status: string) => ({
      status: 200,
      headers: {},
      body: JSON.stringify({ watch: [{ status }] }),
    });
    expect(renewal.apply(answer('success'), context, credentials)).toEqual({ cursor: null });
    expect(renewal.apply(answer('error'), context, credentials)).toBeUndefined();
  });
});

describe('the refresh of the token', () => {
  const own = Object.assign(new ZohoCredentials(), {
    token: 'sample-channel-token',
    clientId: '1000.X',
    clientSecret: 'not-real',
    refreshToken: '1000.r&t',
    dataCentre: 'eu',
  });

  it("asks the accounts server of the data centre, with the application's secret in the body", () => {
    expect(token.build(own)).toMatchObject({
      method: 'POST',
      url: 'https://accounts.zoho.eu/oauth/v2/token',
      body: 'grant_type=refresh_token&client_id=1000.X&client_secret=not-real&refresh_token=1000.r%26t',
    });
    expect([token.wants(own), token.wants(credentials)]).toEqual([true, false]);
    expect(enrich.wants(draftOf('deals', '1'), own, 0)).toBe(true);
  });

  it('reads what lives for an hour, and nothing from an error', () => {
    const body = (of: object) => ({ status: 200, headers: {}, body: JSON.stringify(of) });
    expect(token.read(body({ access_token: 'abc', expires_in: 3600 }))).toEqual({
      token: 'abc',
      forMs: 3_600_000,
    });
    expect(token.read(body({ error: 'invalid_code' }))).toBeUndefined();
    expect(token.lay(own, 'abc')).toMatchObject({ accessToken: 'abc', token: own.token });
  });
});
