import { describe, expect, it } from '@jest/globals';
import { factDraft, NOT_LOOKED_UP } from '#contract';
import { enrich } from './enrich.js';
import { PipedriveCredentials, PipedriveSettings } from './settings.js';

const credentials = Object.assign(new PipedriveCredentials(), { apiToken: 'not-a-real-token' });
const settings = Object.assign(new PipedriveSettings(), { clickIdFrom: ['abc'] });
const context = { settings, step: 0 };

const draftOf = (person: string, clickId?: string) => ({
  ...factDraft({
    object: 'deal',
    id: '77',
    type: 'SALE',
    nativeType: 'deal.won',
    test: false,
    occurredAt: null,
    flags: [NOT_LOOKED_UP],
    customer: { id: person },
  }),
  ...(clickId === undefined ? {} : { attribution: { clickId } }),
});

const answer = (body: unknown, status = 200) => ({
  status,
  headers: {},
  body: JSON.stringify(body),
});

const person = {
  data: {
    abc: 'of-person',
    email: [
      { value: 'a@example.com', primary: false },
      { value: 'b@example.com', primary: true },
    ],
  },
};

describe('look-ups at Pipedrive', () => {
  it('read the person once, with the token in a header', () => {
    expect(enrich.wants(draftOf('31'), credentials, 0)).toBe(true);
    expect(enrich.wants(draftOf('31'), credentials, 1)).toBe(false);
    expect(enrich.wants(draftOf('31'), new PipedriveCredentials(), 0)).toBe(false);
    expect(enrich.wants(draftOf('../deals'), credentials, 0)).toBe(false);
    expect(enrich.build(draftOf('31'), credentials, context)).toEqual({
      method: 'GET',
      url: 'https://api.pipedrive.com/v1/persons/31',
      headers: { 'x-api-token': 'not-a-real-token', accept: 'application/json' },
    });
  });

  it('lay e-mail and click over the draft; the own click of the deal stays', () => {
    const told = enrich.apply(draftOf('31'), answer(person), context);
    expect(told?.customer).toEqual({ id: '31', email: 'b@example.com' });
    expect(told?.attribution).toEqual({ clickId: 'of-person' });
    expect(told).not.toHaveProperty('flags');
    const own = enrich.apply(draftOf('31', 'of-deal'), answer(person), context);
    expect(own?.attribution).toEqual({ clickId: 'of-deal' });
  });

  it('leave the draft as it is when the person is gone', () => {
    expect(enrich.apply(draftOf('31'), answer({}, 404), context)).toEqual(draftOf('31'));
  });
});
