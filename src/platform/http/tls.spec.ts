import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { axiosTransport } from './axios-transport.js';
import { selfSigned } from './self-signed.js';
import type { TlsSettings } from './guarded-connector.js';
import type { HttpPort } from './http-port.js';
import { OutboundGuard } from './outbound-guard.js';
import { poolTransport } from './pool-transport.js';

const { cert, key } = selfSigned('partner.example');
const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }]);
const guard = new OutboundGuard({ allowPrivate: ['127.0.0.0/8'], resolve });

let server: https.Server;
let origin: string;
let asked: { host: string | undefined; sni: string | false | null; resumed: boolean }[] = [];

beforeAll(async () => {
  server = https.createServer({ cert, key }, (request, response) => {
    const socket = request.socket as TLSSocket;
    const sni = (socket as { servername?: string | false | null }).servername ?? null;
    asked.push({ host: request.headers.host, sni, resumed: socket.isSessionReused() });
    response.setHeader('connection', 'close');
    response.end('secret');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://partner.example:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((done) => server.close(done)));

type Make = (tls: TlsSettings, under?: OutboundGuard) => HttpPort;
const transports: [string, Make][] = [
  ['pool', (tls, under = guard) => poolTransport(under, { tls })],
  ['axios', (tls, under = guard) => axiosTransport(under, { tls })],
];

describe.each(transports)('%s transport over TLS', (_name, make) => {
  let port: HttpPort;
  afterEach(async () => {
    await port.close();
    asked = [];
  });

  test('the certificate is checked against the name, not the pinned address; the session is resumed', async () => {
    port = make({ ca: cert });
    for (let i = 0; i < 2; i += 1) {
      expect(await port.send({ method: 'GET', url: `${origin}/` })).toMatchObject({
        body: 'secret',
      });
      await new Promise((done) => setTimeout(done, 20));
    }
    const host = new URL(origin).host;
    const seen = { host, sni: 'partner.example' };
    expect(asked).toEqual([
      { ...seen, resumed: false },
      { ...seen, resumed: true },
    ]);
  });

  test.each([
    ['another name', { ca: cert }, 'other.example'],
    ['no name but an address', { ca: cert }, '127.0.0.1'],
    ['an unknown issuer', {}, 'partner.example'],
  ])('%s: nothing is sent', async (_case, tls, host) => {
    port = make(tls);
    const url = origin.replace('partner.example', host);
    const result = await port.send({ method: 'POST', url, body: 'x' });
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_TLS', sent: false });
    expect(asked).toEqual([]);
  });

  describe('with a detour', () => {
    const url = 'https://partner.example/';
    const led = (allowPrivate: readonly string[]): OutboundGuard => {
      const to = { address: '127.0.0.1', port: Number(new URL(origin).port) };
      const connectTo = new Map([['partner.example:443', to]]);
      const nowhere = () => Promise.reject(new Error('no name is resolved'));
      return new OutboundGuard({ allowPrivate, connectTo, resolve: nowhere });
    };

    test('connects elsewhere under the name of the URL', async () => {
      port = make({ ca: cert }, led(['127.0.0.0/8']));
      expect(await port.send({ method: 'GET', url })).toMatchObject({ body: 'secret' });
      expect(asked).toMatchObject([{ host: 'partner.example', sni: 'partner.example' }]);
    });

    test('believes no other certificate, and reaches no address that is not allowed', async () => {
      port = make({}, led(['127.0.0.0/8']));
      const failed = { kind: 'failure', sent: false };
      expect(await port.send({ method: 'GET', url })).toMatchObject({
        ...failed,
        code: 'WB_HTTP_TLS',
      });
      await port.close();
      port = make({ ca: cert }, led([]));
      expect(await port.send({ method: 'GET', url })).toMatchObject({
        ...failed,
        code: 'WB_HTTP_BLOCKED',
      });
      expect(asked).toEqual([]);
    });
  });
});
