import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Tapfiliate } from './tapfiliate.js';
import { Tracker } from './tracker.js';
import { Tune } from './tune.js';

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const type = response.headers.get('content-type');
  return { status: response.status, type, body: await response.text() };
}

describe('the local Tapfiliate', () => {
  let tap: Tapfiliate;
  beforeEach(async () => {
    tap = new Tapfiliate('right', new Set(['strange']));
    await tap.open();
  });
  afterEach(() => tap.close());

  const call = (method: string, path: string, fields?: object, key = 'right'): Promise<Answer> =>
    ask(`${tap.url}/1.6/${path}`, {
      method,
      headers: key === '' ? {} : { 'x-api-key': key },
      ...(fields ? { body: JSON.stringify(fields) } : {}),
    });
  const sale = { click_id: 'c', external_id: 'O1', amount: 49, currency: 'USD' };

  it('answers a missing key with a page and a wrong one with JSON', async () => {
    expect(await call('GET', 'conversions/', undefined, '')).toMatchObject({
      status: 401,
      type: 'text/html',
    });
    expect(await call('GET', 'conversions/', undefined, 'wrong')).toMatchObject({
      status: 401,
      body: '{"message":"Authentication Failed.","code":401}',
    });
  });

  it('knows an external_id once, and finds it by that name', async () => {
    expect((await call('POST', 'conversions/', sale)).status).toBe(200);
    expect((await call('POST', 'conversions/', sale)).status).toBe(409);
    const found = JSON.parse((await call('GET', 'conversions/?external_id=O1')).body) as unknown;
    expect(found).toMatchObject([{ id: 1001, amount: 49, commissions: [{ amount: 14.7 }] }]);
    expect(tap.books.conversions).toMatchObject([{ externalId: 'O1', repeats: 1 }]);
  });

  it('refuses a click it does not know and an unknown commission', async () => {
    const strange = await call('POST', 'conversions/', { ...sale, click_id: 'strange' });
    expect(strange).toMatchObject({ status: 400, body: expect.stringContaining('click') });
    expect((await call('DELETE', 'commissions/7/approved/')).status).toBe(404);
    expect(tap.books.conversions).toEqual([]);
  });

  it('disapproves, approves and edits a commission', async () => {
    await call('POST', 'conversions/', sale);
    const gone = await call('DELETE', 'commissions/9001/approved/');
    expect(JSON.parse(gone.body)).toMatchObject({ id: 9001, approved: false });
    const back = await call('PUT', 'commissions/9001/approved/');
    expect(JSON.parse(back.body)).toMatchObject({ approved: true });
    await call('PATCH', 'commissions/9001/', { amount: 11.7, comment: 'less' });
    expect(tap.books.commission('9001')).toMatchObject({ amount: { amount: 1170 } });
  });

  it('does what it is asked and then cuts the line', async () => {
    tap.cuts = 1;
    await expect(call('POST', 'conversions/', sale)).rejects.toThrow('fetch failed');
    expect(tap.books.conversions).toHaveLength(1);
  });
});

describe('the local TUNE', () => {
  let tune: Tune;
  beforeEach(async () => {
    tune = new Tune('st', 'nt', new Set(['strange']));
    await tune.open();
  });
  afterEach(() => tune.close());

  const postback = (more: string): Promise<Answer> =>
    ask(`${tune.url}/aff_lsr?security_token=st&adv_unique1=O1&amount=49.00&${more}`);
  const api = (query: string): Promise<Answer> =>
    ask(`${tune.url}/Apiv3/json?NetworkToken=nt&Target=Conversion&${query}`);

  it('answers in lists, with HTTP 200 whatever happens', async () => {
    expect((await postback('transaction_id=t1')).body).toBe('success=true;');
    expect(await postback('transaction_id=t1')).toMatchObject({
      status: 200,
      body: 'success=false; err_msg=Duplicate conversion for this transaction;',
    });
    expect((await postback('transaction_id=strange')).body).toContain('Invalid Trans. ID #strange');
    expect(tune.books).toMatchObject([{ order: 'O1', repeats: 1 }]);
  });

  it('changes status and amount by its own id, and says so in an envelope', async () => {
    await postback('transaction_id=t1');
    expect((await api('Method=updateStatus&tune_event_id=ho-501&status=rejected')).body).toContain(
      '"status":1',
    );
    await api('Method=update&tune_event_id=ho-501&data[sale_amount]=39.00');
    expect(tune.books).toMatchObject([{ status: 'rejected', amount: '39.00' }]);
    expect((await api('Method=updateStatus&tune_event_id=none&status=rejected')).body).toContain(
      '"status":-1',
    );
  });
});

describe('the local tracker', () => {
  it('counts an event once, is gone while closed, and comes back at the same address', async () => {
    const tracker = new Tracker();
    await tracker.open();
    const told = `${tracker.url}/postback?eid=e1&et=SALE&amount=49.00&cur=USD`;
    expect((await ask(told)).body).toBe('OK');
    tracker.busy = true;
    expect((await ask(told)).status).toBe(503);
    await tracker.close();
    await expect(ask(told)).rejects.toThrow('fetch failed');
    tracker.busy = false;
    await tracker.open();
    expect((await ask(told)).body).toBe('OK');
    await tracker.close();
    expect(tracker.books).toMatchObject([{ eventId: 'e1', repeats: 1 }]);
  });
});
