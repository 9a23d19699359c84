import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { axiosTransport } from './axios-transport.js';
import type { HttpPort } from './http-port.js';
import { answer, listen } from './loopback.fixture.js';
import { OutboundGuard } from './outbound-guard.js';

const limits = { headersMs: 300, totalMs: 600 };
let resolved: string[];
let port: HttpPort;

beforeEach(() => {
  if (!nock.isActive()) nock.activate();
  resolved = [];
  const resolve = (name: string) => {
    resolved.push(name);
    return Promise.reject(new Error('no name resolution in this test'));
  };
  const guard = new OutboundGuard({ allowPrivate: ['127.0.0.0/8'], resolve });
  port = axiosTransport(guard, { limits });
});

afterEach(async () => {
  nock.cleanAll();
  await port.close();
});

afterAll(() => nock.restore());

describe('axios transport under nock', () => {
  test('https is intercepted without name resolution, headers and body seen', async () => {
    nock('https://api.partner.example', {
      reqheaders: { 'x-api-key': 'k' },
      badheaders: ['accept'],
    })
      .post('/1.6/conversions/', { amount: 4900 })
      .query({ override: 'true' })
      .reply(201, { id: 7 }, { 'X-Rate': '9' });
    const result = await port.send({
      method: 'POST',
      url: 'https://api.partner.example/1.6/conversions/?override=true',
      headers: { 'X-Api-Key': 'k', 'content-type': 'application/json' },
      body: '{"amount":4900}',
    });
    expect(result).toMatchObject({ kind: 'response', status: 201, body: '{"id":7}' });
    expect(result).toHaveProperty('headers', expect.objectContaining({ 'x-rate': '9' }));
    expect([nock.isDone(), resolved]).toEqual([true, []]);
  });

  test('redirects are answers here too', async () => {
    nock('https://p.example').get('/').reply(302, '', { location: 'http://127.0.0.1/' });
    expect(await port.send({ method: 'GET', url: 'https://p.example/' })).toMatchObject({
      status: 302,
    });
  });

  test('the guard still judges the URL', async () => {
    const scope = nock('http://169.254.169.254').get('/').reply(200);
    const result = await port.send({ method: 'GET', url: 'http://169.254.169.254/' });
    expect(result).toMatchObject({ code: 'WB_HTTP_BLOCKED', sent: false });
    expect(scope.isDone()).toBe(false);
  });

  test('a delayed answer times out, fate unknown', async () => {
    nock('https://p.example').get('/').delay(1_000).reply(200);
    const result = await port.send({ method: 'GET', url: 'https://p.example/' });
    expect(result).toMatchObject({ code: 'WB_HTTP_TIMEOUT', sent: true });
    nock.abortPendingRequests();
  });

  test.each([
    ['ECONNREFUSED', { code: 'WB_HTTP_CONNECT', sent: false }],
    ['ENOTFOUND', { code: 'WB_HTTP_DNS', sent: false }],
    ['ECONNRESET', { code: 'WB_HTTP_RESET', sent: true }],
  ])('%s made by nock', async (code, expected) => {
    nock('https://p.example')
      .get('/')
      .replyWithError(Object.assign(new Error(code), { code }));
    expect(await port.send({ method: 'GET', url: 'https://p.example/' })).toMatchObject(expected);
  });

  test('what nock lets through meets the guard in the agent', async () => {
    const server = await listen((socket) => socket.write(answer(200, 'real')));
    expect(await port.send({ method: 'GET', url: `${server.origin}/` })).toMatchObject({
      body: 'real',
    });
    const name = await port.send({ method: 'GET', url: 'https://elsewhere.example/' });
    expect(name).toMatchObject({ code: 'WB_HTTP_DNS', sent: false });
    expect(resolved).toEqual(['elsewhere.example']);
    await server.close();
  });
});
