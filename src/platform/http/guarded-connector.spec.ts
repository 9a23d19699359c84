import { afterEach, beforeEach, describe, expect, it, jest, test } from '@jest/globals';
import net from 'node:net';
import { axiosTransport } from './axios-transport.js';
import type { HttpAnswer, HttpPort } from './http-port.js';
import { answer, listen, type Loopback } from './loopback.fixture.js';
import { OutboundGuard, type OutboundGuardOptions } from './outbound-guard.js';
import { poolTransport } from './pool-transport.js';
import type { ResolvedAddress } from './resolve.js';
import { spellings, SPECIAL_V4_SAMPLES, SPECIAL_V6_SAMPLES } from './spellings.fixture.js';

const limits = { dnsMs: 100, connectMs: 300 };
const record = (address: string): ResolvedAddress => ({
  address,
  family: net.isIPv6(address) ? 6 : 4,
});
const records = (...addresses: string[]) => Promise.resolve(addresses.map(record));

const transports: [string, (guard: OutboundGuard) => HttpPort][] = [
  ['pool', (guard) => poolTransport(guard, { limits })],
  ['axios', (guard) => axiosTransport(guard, { limits })],
];

let trap: Loopback;
let attempts: string[];

beforeEach(async () => {
  trap = await listen((socket) => socket.write(answer(200, 'trapped')));
  attempts = [];
  // Node announces every TCP connect of a client socket with this event, whichever address it tries.
  const emit = net.Socket.prototype.emit as unknown as (...args: unknown[]) => boolean;
  const spy = function (this: net.Socket, ...args: unknown[]): boolean {
    if (args[0] === 'connectionAttempt') attempts.push(String(args[1]));
    return emit.apply(this, args);
  };
  jest
    .spyOn(net.Socket.prototype, 'emit')
    .mockImplementation(spy as typeof net.Socket.prototype.emit);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await trap.close();
});

describe.each(transports)('%s transport under the guard', (_name, make) => {
  let port: HttpPort | undefined;
  let stops: (() => void)[] = [];
  afterEach(async () => {
    await port?.close();
    for (const stop of stops) stop();
    stops = [];
  });

  /** A TCP server that speaks no HTTP; stopped after the test. */
  const rawServer = async (onSocket: (socket: net.Socket) => void): Promise<number> => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    stops.push(() => server.close());
    return (server.address() as net.AddressInfo).port;
  };

  /** Scheme and port let through: only addresses can be what refuses. */
  const use = (options: Partial<OutboundGuardOptions>): HttpPort => {
    const base = { allowPrivate: [], ports: [trap.port], allowInsecureHttp: true };
    port = make(new OutboundGuard({ ...base, ...options }));
    return port;
  };
  const get = (path: string): Promise<HttpAnswer> =>
    (port as HttpPort).send({ method: 'GET', url: path });
  const blocked = { kind: 'failure', code: 'WB_HTTP_BLOCKED', sent: false };

  test('spellings of loopback and of every special range: no TCP connect', async () => {
    use({});
    const hosts = [
      ...SPECIAL_V4_SAMPLES.flatMap(spellings),
      ...SPECIAL_V6_SAMPLES.map((address) => `[${address}]`),
    ];
    for (const host of hosts) {
      expect(await get(`http://${host}:${trap.port}/`)).toMatchObject(blocked);
    }
    expect([attempts, trap.connections()]).toEqual([[], 0]);
  });

  test('names that resolve to any special address: no TCP connect', async () => {
    const answers = [...SPECIAL_V4_SAMPLES, ...SPECIAL_V6_SAMPLES];
    use({ resolve: (name) => records(answers[Number(name.slice(1, -8))] ?? '') });
    for (const index of answers.keys()) {
      expect(await get(`http://n${index}.example:${trap.port}/`)).toMatchObject(blocked);
    }
    expect([attempts, trap.connections()]).toEqual([[], 0]);
  });

  it.each([
    [['8.8.8.8', '127.0.0.1']],
    [['127.0.0.1', '8.8.8.8']],
    [['2606:4700::1111', '127.0.0.1']],
    [['8.8.8.8', '::ffff:127.0.0.1']],
    [['8.8.8.8', 'fe80::1%eth0']],
    [[...Array.from({ length: 39 }, (_, i) => `8.8.8.${i}`), '10.0.0.1']],
  ])('one bad record among good ones refuses the name: %j', async (addresses) => {
    use({ resolve: () => records(...addresses) });
    expect(await get(`http://mixed.example:${trap.port}/`)).toMatchObject(blocked);
    expect(attempts).toEqual([]);
  });

  test('rebinding: each connection resolves once and connects to that very answer', async () => {
    let asked = 0;
    use({
      allowPrivate: ['127.0.0.2/32'],
      resolve: () => records(asked++ === 0 ? '127.0.0.2' : '127.0.0.1'),
    });
    expect(await get(`http://rebind.example:${trap.port}/`)).toMatchObject({ sent: false });
    expect([asked, attempts, trap.connections()]).toEqual([1, ['127.0.0.2'], 0]);
    expect(await get(`http://rebind.example:${trap.port}/`)).toMatchObject(blocked);
    expect([asked, attempts, trap.connections()]).toEqual([2, ['127.0.0.2'], 0]);
  });

  test('a peer other than the checked address gets no byte of the request', async () => {
    use({ allowPrivate: ['127.0.0.0/8'] });
    const internals = net.Socket.prototype as unknown as { _getpeername: () => unknown };
    jest.spyOn(internals, '_getpeername').mockReturnValue({ address: '127.0.0.9' });
    const result = await get(`http://127.0.0.1:${trap.port}/secret`);
    expect(result).toMatchObject({ ...blocked, message: '127.0.0.1: connected elsewhere' });
    await new Promise((done) => setTimeout(done, 20));
    expect(trap.requests).toEqual([]);
  });

  test('an allowed name: pinned address, original Host', async () => {
    use({ allowPrivate: ['127.0.0.0/8'], resolve: () => records('127.0.0.1') });
    const result = await get(`http://partner.example:${trap.port}/p`);
    expect(result).toMatchObject({ kind: 'response', status: 200, body: 'trapped' });
    expect(trap.requests[0]?.headers['host']).toBe(`partner.example:${trap.port}`);
    expect(attempts).toEqual(['127.0.0.1']);
  });

  test('localhost through the system resolver, when loopback is allowed', async () => {
    use({ allowPrivate: ['127.0.0.0/8', '::1/128'], ports: [], allowInsecureHttp: false });
    expect(await get(`http://localhost:${trap.port}/`)).toMatchObject({ status: 200 });
  });

  test('with private ranges allowed, http to a name that turns out public is refused', async () => {
    use({
      allowPrivate: ['127.0.0.0/8'],
      allowInsecureHttp: false,
      resolve: () => records('8.8.8.8'),
    });
    const result = await get('http://partner.example/');
    expect(result).toMatchObject({
      ...blocked,
      message: 'partner.example: http: is not allowed, use https:',
    });
    expect(attempts).toEqual([]);
  });

  it.each([
    ['does not exist', () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))],
    ['has no records', () => records()],
    ['does not answer in time', () => new Promise<never>(() => undefined)],
  ])('a name that %s', async (_case, resolve) => {
    use({ resolve });
    const result = await get(`http://gone.example:${trap.port}/`);
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_DNS', sent: false });
  });

  test('TLS: the name goes into SNI, and a failed handshake sends nothing', async () => {
    const hello: Buffer[] = [];
    const tlsPort = await rawServer((socket) => {
      socket.once('data', (bytes: Buffer) => {
        hello.push(bytes);
        socket.end('HTTP/1.1 400 not TLS\r\n\r\n');
      });
    });
    use({ allowPrivate: ['127.0.0.0/8'], resolve: () => records('127.0.0.1') });
    const result = await get(`https://sni.partner.example.:${tlsPort}/`);
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_TLS', sent: false });
    expect(hello[0]?.includes('sni.partner.example\0')).toBe(true);
  });

  test('a handshake that never ends is a connect failure within its limit', async () => {
    const mute = await rawServer(() => undefined);
    use({ allowPrivate: ['127.0.0.0/8'] });
    const result = await get(`https://127.0.0.1:${mute}/`);
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_CONNECT', sent: false });
  });
});
