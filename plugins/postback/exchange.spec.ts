import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import nock from 'nock';
import { isSkip, type CanonicalEvent, type HttpRequest, type Outcome } from '#contract';
import { sampleEvent, SAMPLE_NOW } from '../../src/testing/sample-event.js';
import plugin from './index.js';
import { PostbackSettings } from './settings.js';

/** One try of a delivery over axios, with the plugin's own reading of the answer. */
async function deliver(
  parts: Partial<PostbackSettings>,
  event: CanonicalEvent,
  mayHaveArrived = false,
): Promise<Outcome | undefined> {
  const settings = Object.assign(new PostbackSettings(), parts);
  const history = { entries: [], steps: [], now: SAMPLE_NOW, attempt: 1 };
  const built = plugin.build(event, settings, history);
  if (isSkip(built)) return { kind: 'skipped', reason: built.skip };
  const request = built as HttpRequest;
  const { status, headers, data } = await axios.request<string>({
    method: request.method,
    url: request.url,
    headers: { ...request.headers },
    data: request.body,
    responseType: 'text',
    transformResponse: (text: string) => text,
    validateStatus: () => true,
    maxRedirects: 0,
  });
  const response = { status, headers: headers as Record<string, string>, body: data };
  return plugin.classify?.(response, event, settings, {
    step: 0,
    attempt: 1,
    mayHaveArrived,
    history,
  });
}

// Node's own http module is patched for the whole worker, and other test files come after this one.
afterAll(() => nock.restore());

beforeEach(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('an exchange with a tracker', () => {
  const url = 'https://t.example/postback?cid={click_id}&payout={payout}&et={event_type}';

  it('tells a sale by GET with the values the tracker reads', async () => {
    nock('https://t.example')
      .get('/postback')
      .query({ cid: 'a+b/c=&d e', payout: '24.50', et: 'SALE' })
      .reply(200, 'ok');
    const event = sampleEvent({ attribution: { clickId: 'a+b/c=&d e' } });
    expect(await deliver({ url }, event)).toEqual({
      kind: 'delivered',
      proof: 'accepted',
      attributed: 'unknown',
    });
  });

  it('retries a failure inside 200, stops at a permanent one, knows its own duplicate', async () => {
    const rule = { url, success: 'tune' as const };
    const told = (body: string) =>
      nock('https://t.example').get('/postback').query(true).reply(200, body);
    told('success=false; err_msg=Please wait;');
    expect(await deliver(rule, sampleEvent())).toHaveProperty('kind', 'retry');
    told('success=false; err_msg=Invalid Trans. ID #1.;');
    expect(await deliver(rule, sampleEvent())).toHaveProperty('kind', 'refused');
    told('success=false; err_msg=Duplicate conversion;');
    expect(await deliver(rule, sampleEvent(), true)).toMatchObject({
      kind: 'duplicate',
      ours: true,
    });
    told('success=true;');
    expect(await deliver(rule, sampleEvent())).toMatchObject({
      kind: 'delivered',
      proof: 'confirmed',
    });
  });

  it('waits as long as it is told and does not follow a redirect', async () => {
    nock('https://t.example').get('/postback').query(true).reply(429, '', { 'retry-after': '30' });
    expect(await deliver({ url }, sampleEvent())).toEqual({
      kind: 'retry',
      afterMs: 30_000,
      note: 'HTTP 429',
    });
    nock('https://t.example')
      .get('/postback')
      .query(true)
      .reply(302, '', { location: 'https://x.example/' });
    expect(await deliver({ url }, sampleEvent())).toHaveProperty('kind', 'retry');
  });

  it('asks nobody about a visitor without a click', async () => {
    const event = sampleEvent({ attribution: { clickId: null, how: 'none' } });
    expect(await deliver({ url }, event)).toEqual({ kind: 'skipped', reason: 'no-attribution' });
  });
});

describe('an exchange with an API', () => {
  it('posts JSON with typed values and a secret header', async () => {
    nock('https://api.example', {
      reqheaders: { 'x-api-key': 'sample-key', 'content-type': /json/ },
    })
      .post('/conversions', { click: 'clk123', payout: 24.5, order: 'ORD1' })
      .reply(201, '{"code":0}');
    const outcome = await deliver(
      {
        url: 'https://api.example/conversions',
        method: 'POST',
        secretHeaders: { 'X-Api-Key': 'sample-key' },
        body: '{"click":"{click_id}","payout":"{payout}","order":"{order_id}","coupon":"{coupon}"}',
        success: 'tiktok',
      },
      sampleEvent(),
    );
    expect(outcome).toMatchObject({ kind: 'delivered', proof: 'confirmed' });
  });

  it('patches a form', async () => {
    nock('https://api.example')
      .patch('/orders/ORD%2F1', { amount: '49.00', note: 'a&b' })
      .reply(204);
    const outcome = await deliver(
      {
        url: 'https://api.example/orders/{order_id}',
        method: 'PATCH',
        body: 'amount={amount}&note=a%26b',
      },
      sampleEvent({ order: { id: 'ORD/1' } }),
    );
    expect(outcome).toMatchObject({ kind: 'delivered', proof: 'accepted' });
  });
});
