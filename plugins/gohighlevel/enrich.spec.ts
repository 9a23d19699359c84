import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP } from '#contract';
import { enrich } from './enrich.js';
import { GoHighLevelCredentials, GoHighLevelSettings } from './settings.js';

const credentials = Object.assign(new GoHighLevelCredentials(), { accessToken: 'pit-not-real' });
const settings = Object.assign(new GoHighLevelSettings(), { clickIdFrom: ['cf1'] });

const draftOf = (contact: string) =>
  factDraft({
    object: 'opportunity',
    id: 'o1',
    type: 'SALE',
    nativeType: 'opportunity:won',
    test: false,
    occurredAt: null,
    customer: { id: contact },
    flags: [NOT_LOOKED_UP],
  });

describe('look-ups at GoHighLevel', () => {
  it('read the contact once, with token and version', () => {
    expect(enrich.wants(draftOf('c1'), credentials, 0)).toBe(true);
    expect(enrich.wants(draftOf('c1'), credentials, 1)).toBe(false);
    expect(enrich.wants(draftOf('c1/../x'), credentials, 0)).toBe(false);
    expect(enrich.wants(draftOf('c1'), new GoHighLevelCredentials(), 0)).toBe(false);
    const { url, headers } = enrich.build(draftOf('c1'), credentials, { settings, step: 0 });
    expect(url).toBe('https://services.leadconnectorhq.com/contacts/c1');
    expect(headers).toMatchObject({ authorization: 'Bearer pit-not-real', version: '2021-07-28' });
  });

  it('lay e-mail and custom field over the draft, or leave it flagged', () => {
    const body = JSON.stringify({
      contact: { email: 'b@example.com', customFields: [{ id: 'cf1', value: 'clk' }] },
    });
    const told = enrich.apply(
      draftOf('c1'),
      { status: 200, headers: {}, body },
      { settings, step: 0 },
    );
    expect(told?.customer).toEqual({ id: 'c1', email: 'b@example.com' });
    expect(told?.attribution).toEqual({ clickId: 'clk' });
    expect(told).not.toHaveProperty('flags');
    expect(
      enrich.apply(draftOf('c1'), { status: 404, headers: {}, body }, { settings, step: 0 }),
    ).toEqual(draftOf('c1'));
  });
});
