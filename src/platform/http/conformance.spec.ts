import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { axiosTransport } from './axios-transport.js';
import type { HttpPort, HttpRequest } from './http-port.js';
import { answer, listen, type Loopback, type WireRequest } from './loopback.fixture.js';
import { OutboundGuard } from './outbound-guard.js';
import { poolTransport } from './pool-transport.js';

const guard = new OutboundGuard({ allowPrivate: ['127.0.0.0/8'] });
const json = { 'content-type': 'application/json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const latin = 'caf\u00e9';

type Golden = Omit<HttpRequest, 'url'> & { readonly path: string; readonly wire?: string };

const golden: readonly Golden[] = [
  { method: 'GET', path: '/postback?cid=a%2Fb%26c&payout=24.50&txid=R%201&et=SALE&e=' },
  { method: 'GET', path: '/p?q=a+b&s=%2B%25&u=%C3%A9%E6%97%A5&bare&x=1&x=2' },
  { method: 'GET', path: '/é/日本?n=ü ñ'.replace(' ', '%20') },
  { method: 'GET', path: "/p?q='quoted'|{x}[y]^`<z>\"\\" },
  { method: 'GET', path: '/a/../b/./c/%2e%2e/d//e/?x=../y' },
  { method: 'GET', path: '?no=path', wire: '/?no=path' },
  { method: 'GET', path: '/fragment?a=1#never-sent', wire: '/fragment?a=1' },
  { method: 'GET', path: '', wire: '/' },
  { method: 'POST', path: '/json', headers: json, body: '{"amount": 4900,  "note":"  kept  "}\n' },
  { method: 'POST', path: '/json-text', headers: json, body: '"just text"' },
  { method: 'POST', path: '/form', headers: form, body: 'a=1&b=%C3%A9+x&c=' },
  { method: 'PUT', path: '/conversions/17', headers: json, body: '{"status":"approved"}' },
  { method: 'PATCH', path: '/conversions/17', headers: json, body: '{}' },
  { method: 'DELETE', path: '/conversions/17' },
  { method: 'DELETE', path: '/conversions', headers: json, body: '{"ids":[1]}' },
  { method: 'POST', path: '/unicode', headers: json, body: '{"name":"Zoë 日本 😀 \u2028\ufeff"}' },
  { method: 'POST', path: '/bom', body: '\ufefftext' },
  { method: 'POST', path: '/lone', body: 'half \ud83d pair' },
  { method: 'POST', path: '/bytes', body: Uint8Array.from({ length: 256 }, (_, i) => i) },
  { method: 'POST', path: '/view', body: Buffer.from('xxbodyxx').subarray(2, 6) },
  { method: 'POST', path: '/empty-text', headers: json, body: '' },
  { method: 'POST', path: '/empty-bytes', body: new Uint8Array(0) },
  { method: 'POST', path: '/no-body' },
  { method: 'PUT', path: '/no-body' },
  { method: 'POST', path: '/large', body: 'é'.repeat(20_000) },
  {
    method: 'POST',
    path: '/headers',
    body: 'x',
    headers: {
      'User-Agent': 'partner-check/1',
      Accept: 'application/xml',
      'ACCEPT-ENCODING': 'br',
      Authorization: 'Basic dXNlcjpwYXNz',
      Cookie: 'a=1; b=2',
      'X-Empty': '',
      'X-Padded': '  in the  middle ',
      'x-latin': latin,
      "x-!#$%&'*+-.^_`|~": 'token',
      'Content-Type': 'text/plain; charset=utf-8',
      'Idempotency-Key': '01J0000000',
    },
  },
];

let server: Loopback;
let ports: [HttpPort, HttpPort];

beforeAll(async () => {
  server = await listen((socket) => socket.write(answer(200, 'ok')));
  ports = [poolTransport(guard), axiosTransport(guard)];
});

afterAll(async () => {
  for (const port of ports) await port.close();
  await server.close();
});

/** Connection handling is each transport's own; a length of 0 says the same as none. */
function meaning({ headers, ...request }: WireRequest): object {
  const { connection: _connection, 'content-length': length = '0', ...rest } = headers;
  return { ...request, headers: { ...rest, length } };
}

async function wire(port: HttpPort, request: HttpRequest): Promise<WireRequest> {
  const before = server.requests.length;
  expect(await port.send(request)).toMatchObject({ kind: 'response', status: 200, body: 'ok' });
  expect(server.requests).toHaveLength(before + 1);
  return server.requests[before] as WireRequest;
}

describe('both transports put the same request on the wire', () => {
  test.each(golden)('$method $path', async ({ path, wire: expected, ...rest }) => {
    const request = { ...rest, url: `${server.origin}${path}` };
    const pooled = await wire(ports[0], request);
    const viaAxios = await wire(ports[1], request);
    expect(meaning(viaAxios)).toEqual(meaning(pooled));
    const body = typeof rest.body === 'string' ? Buffer.from(rest.body) : (rest.body ?? []);
    expect(pooled.body).toEqual(Buffer.from(body));
    if (expected !== undefined) expect(pooled.path).toBe(expected);
    expect(pooled.headers['host']).toBe(`127.0.0.1:${server.port}`);
  });

  test('nothing is added but host, user-agent and length', async () => {
    const request = { method: 'POST', url: `${server.origin}/`, body: 'x' };
    for (const port of ports) {
      const { headers } = await wire(port, request);
      const names = Object.keys(headers).filter((name) => name !== 'connection');
      expect(names.sort()).toEqual(['content-length', 'host', 'user-agent']);
      expect(headers['user-agent']).toBe('Waybill');
    }
  });

  test('any path, query and body', async () => {
    const request = fc.record({
      path: fc.webPath(),
      query: fc.webQueryParameters(),
      value: fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text)),
      body: fc.string({ unit: 'grapheme' }),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ path, query, value, body }) => {
        const url = `${server.origin}/p${path}?${query}&v=${value}`;
        const [pooled, viaAxios] = [
          await wire(ports[0], { method: 'POST', url, body }),
          await wire(ports[1], { method: 'POST', url, body }),
        ];
        expect(meaning(viaAxios)).toEqual(meaning(pooled));
      }),
      { numRuns: 60 },
    );
  });
});
