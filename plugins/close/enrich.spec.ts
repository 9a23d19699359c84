import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP } from '#contract';
import { enrich } from './enrich.js';
import { CloseCredentials, CloseSettings } from './settings.js';

const credentials = Object.assign(new CloseCredentials(), { apiKey: 'api_not_real' });
const settings = Object.assign(new CloseSettings(), { clickIdFrom: ['cf_click'] });

const draftOf = (lead: string) =>
  factDraft({
    object: 'opportunity',
    id: 'oppo_1',
    type: 'SALE',
    nativeType: 'opportunity:won',
    test: false,
    occurredAt: null,
    customer: { id: lead },
    flags: ['value-monthly', NOT_LOOKED_UP],
  });

describe('look-ups at Close', () => {
  it('read the lead once, with the key as the user name', () => {
    expect(enrich.wants(draftOf('lead_1'), credentials, 0)).toBe(true);
    expect(enrich.wants(draftOf('lead_1'), credentials, 1)).toBe(false);
    expect(enrich.wants(draftOf('lead_1/../x'), credentials, 0)).toBe(false);
    expect(enrich.wants(draftOf('lead_1'), new CloseCredentials(), 0)).toBe(false);
    expect(enrich.build(draftOf('lead_1'), credentials, { settings, step: 0 })).toEqual({
      method: 'GET',
      url: 'https://api.close.com/api/v1/lead/lead_1/',
      headers: { authorization: 'Basic YXBpX25vdF9yZWFsOg==', accept: 'application/json' },
    });
  });

  it('lay e-mail and click over the draft and keep other findings', () => {
    const body = JSON.stringify({
      contacts: [{ emails: [{ email: 'b@example.com' }] }],
      'custom.cf_click': 'clk',
    });
    const told = enrich.apply(
      draftOf('lead_1'),
      { status: 200, headers: {}, body },
      { settings, step: 0 },
    );
    expect(told?.customer).toEqual({ id: 'lead_1', email: 'b@example.com' });
    expect(told?.attribution).toEqual({ clickId: 'clk' });
    expect(told?.flags).toEqual(['value-monthly']);
    expect(
      enrich.apply(draftOf('lead_1'), { status: 404, headers: {}, body }, { settings, step: 0 }),
    ).toEqual(draftOf('lead_1'));
  });
});
