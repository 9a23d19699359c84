import { afterEach, describe, expect, it, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { axiosTransport } from './axios-transport.js';
import type { HttpAnswer, HttpLimits, HttpPort, HttpRequest, SendOptions } from './http-port.js';
import { answer, type Answerer, listen, type Loopback } from './loopback.fixture.js';
import { OutboundGuard } from './outbound-guard.js';
import { poolTransport } from './pool-transport.js';

const guard = new OutboundGuard({ allowPrivate: ['127.0.0.0/8', '::1/128'] });
/** For what must time out; everything else runs under the real limits, however busy the machine. */
const tight: Partial<HttpLimits> = { headersMs: 120, totalMs: 240 };
const ok: Answerer = (socket) => socket.write(answer(200, 'ok'));

const transports: [string, (limits?: Partial<HttpLimits>) => HttpPort][] = [
  ['pool', (limits = {}) => poolTransport(guard, { limits })],
  ['axios', (limits = {}) => axiosTransport(guard, { limits })],
];

describe.each(transports)('%s transport', (_name, make) => {
  let port: HttpPort = make();
  let servers: Loopback[] = [];

  afterEach(async () => {
    await port.close();
    for (const server of servers) await server.close();
    servers = [];
    port = make();
  });

  const serve = async (answerer: Answerer, host?: string): Promise<Loopback> => {
    const server = await listen(answerer, host);
    servers.push(server);
    return server;
  };
  const get = async (answerer: Answerer, options?: SendOptions): Promise<HttpAnswer> =>
    port.send({ method: 'GET', url: `${(await serve(answerer)).origin}/x` }, options);

  it.each([200, 204, 301, 302, 307, 400, 404, 410, 429, 500, 503])(
    'status %d is an answer, whatever it says',
    async (status) => {
      const trap = await serve(ok);
      const to = [
        `location: ${trap.origin}/`,
        'Retry-After: 7',
        'set-cookie: a=1',
        'Set-Cookie: b=2',
      ];
      const result = await get((socket) => socket.write(answer(status, '', to)));
      const headers = { location: `${trap.origin}/`, 'retry-after': '7', 'set-cookie': 'a=1, b=2' };
      expect(result).toMatchObject({
        kind: 'response',
        status,
        headers,
        body: '',
        truncated: false,
      });
      expect(trap.connections()).toBe(0);
    },
  );

  test('a body of 10 MB is cut at the cap and its connection ended', async () => {
    const big = 'x'.repeat(10_000_000);
    let ended = false;
    const result = await get((socket) => {
      socket.on('close', () => (ended = true));
      socket.write(answer(200, big));
    });
    expect(result).toMatchObject({ kind: 'response', status: 200, truncated: true });
    expect(result).toHaveProperty('body', 'x'.repeat(65_536));
    await port.close();
    await new Promise((done) => setTimeout(done, 20));
    expect(ended).toBe(true);
  });

  it.each([
    [65_536, false],
    [65_537, true],
  ])('%d bytes in small chunks: truncated %s', async (size, truncated) => {
    const result = await get((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n`);
      const chunk = `1000\r\n${'y'.repeat(4096)}\r\n`;
      socket.write(chunk.repeat(16));
      socket.write(`${size > 65_536 ? '1\r\ny\r\n' : ''}0\r\n\r\n`);
    });
    expect(result).toMatchObject({ body: 'y'.repeat(65_536), truncated });
  });

  test('own cap per request, in bytes', async () => {
    const result = await get((socket) => socket.write(answer(200, 'aé日')), { bodyBytes: 3 });
    expect(result).toMatchObject({ body: 'aé', truncated: true });
  });

  test('gzip stays raw', async () => {
    const zipped = gzipSync('a'.repeat(1_000_000));
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${zipped.length}\r\n\r\n`;
    const result = await get((socket) => socket.write(Buffer.concat([Buffer.from(head), zipped])));
    expect(result).toMatchObject({
      body: zipped.toString('utf8'),
      headers: { 'content-encoding': 'gzip' },
    });
  });

  it.each<[string, Answerer]>([
    ['no answer at all', () => undefined],
    ['half a head', (socket) => socket.write('HTTP/1.1 200 OK\r\nx: ')],
    [
      'a body that never ends',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    ],
    [
      'a body that trickles',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n');
        const timer = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('%s: WB_HTTP_TIMEOUT within the limit, fate unknown', async (_case, answerer) => {
    port = make(tight);
    const result = await get(answerer);
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_TIMEOUT', sent: true });
    expect(result.ms).toBeGreaterThanOrEqual(100);
  });

  test('refused: not sent', async () => {
    const server = await listen(ok);
    await server.close();
    const result = await port.send({ method: 'POST', url: `${server.origin}/`, body: 'x' });
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_CONNECT', sent: false });
    expect(result).toHaveProperty('message', expect.stringContaining('ECONNREFUSED'));
  });

  it.each<[string, Answerer]>([
    ['before the answer', (socket) => socket.resetAndDestroy()],
    ['by closing politely', (socket) => socket.end()],
    [
      'in the middle of the answer',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc', () => {
          setTimeout(() => socket.resetAndDestroy(), 20);
        }),
    ],
  ])('connection lost %s: fate unknown', async (_case, answerer) => {
    expect(await get(answerer)).toMatchObject({
      kind: 'failure',
      code: 'WB_HTTP_RESET',
      sent: true,
    });
  });

  it.each<[string, string]>([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['an endless head', `HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(900)}\r\n`.repeat(100)}\r\n`],
  ])('%s: a protocol failure, fate unknown', async (_case, bytes) => {
    const result = await get((socket) => socket.write(bytes));
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_PROTOCOL', sent: true });
  });

  const bad: [string, Partial<HttpRequest>][] = [
    ['CRLF in a header value', { headers: { 'x-a': 'a\r\nx-b: c' } }],
    ['LF in a header value', { headers: { 'x-a': 'a\n' } }],
    ['NUL in a header value', { headers: { 'x-a': 'a\0b' } }],
    ['a non-Latin header value', { headers: { 'x-a': '日本' } }],
    ['CRLF in a header name', { headers: { 'x-a\r\nx-b': 'c' } }],
    ['an empty header name', { headers: { '': 'c' } }],
    ['a header that is no text', { headers: { 'x-a': 7 as unknown as string } }],
    ['one header twice', { headers: { 'x-a': '1', 'X-A': '2' } }],
    ...['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Upgrade', 'TE', 'Expect'].map(
      (name): [string, Partial<HttpRequest>] => [`own ${name}`, { headers: { [name]: '1' } }],
    ),
    ['a lower-case method', { method: 'post' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['a method that splits the request', { method: 'GET / HTTP/1.1\r\nx: y\r\n\r\nGET' }],
    ['CRLF in the URL', { url: 'https://127.0.0.1/a\r\nHost: b' }],
    ['a space in the URL', { url: 'https://127.0.0.1/a HTTP/1.1' }],
    ['no URL', { url: 'partner' }],
    ['a body that is neither text nor bytes', { body: { a: 1 } as unknown as string }],
  ];
  it.each(bad)('%s is refused unsent', async (_case, part) => {
    const server = await serve(ok);
    const result = await port.send({ method: 'GET', url: server.origin, ...part });
    expect(result).toMatchObject({ kind: 'failure', code: 'WB_HTTP_INVALID_REQUEST', sent: false });
    expect(server.connections()).toBe(0);
  });

  test('an encoded line break stays encoded', async () => {
    const server = await serve(ok);
    await port.send({ method: 'GET', url: `${server.origin}/a%0d%0ab?c=%0D%0A` });
    expect(server.requests.map(({ path }) => path)).toEqual(['/a%0d%0ab?c=%0D%0A']);
  });

  test('the caller can abort: before (not sent) and under way (fate unknown)', async () => {
    const aborted = { kind: 'failure', code: 'WB_HTTP_ABORTED' };
    expect(await get(ok, { signal: AbortSignal.abort() })).toMatchObject({
      ...aborted,
      sent: false,
    });
    const cancel = new AbortController();
    const answerer: Answerer = () => cancel.abort();
    expect(await get(answerer, { signal: cancel.signal })).toMatchObject({
      ...aborted,
      sent: true,
    });
  });

  test('own total limit per request', async () => {
    const result = await get(() => undefined, { totalMs: 40 });
    expect(result).toMatchObject({
      code: 'WB_HTTP_TIMEOUT',
      message: 'no whole answer within 40 ms',
    });
  });

  test('interim answers are skipped', async () => {
    const result = await get((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
      socket.write(answer(201, 'made'));
    });
    expect(result).toMatchObject({ status: 201, body: 'made', headers: { 'content-length': '4' } });
  });

  test('HEAD, an IPv6 literal, and a connection used twice', async () => {
    const server = await serve((socket, { method }) => {
      socket.write(
        method === 'HEAD' ? 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n' : answer(200, 'six'),
      );
    }, '::1');
    expect(await port.send({ method: 'GET', url: server.origin })).toMatchObject({ body: 'six' });
    await new Promise((done) => setTimeout(done, 100)); // undici frees a socket one turn after its answer
    expect(await port.send({ method: 'GET', url: server.origin })).toMatchObject({ body: 'six' });
    expect(server.connections()).toBe(1);
    const head = await port.send({ method: 'HEAD', url: server.origin });
    expect(head).toMatchObject({ status: 200, body: '', truncated: false });
  });

  test('no proxy from the environment', async () => {
    const proxy = await serve(ok);
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
    for (const name of names) process.env[name] = proxy.origin;
    try {
      const result = await get((socket) => socket.write(answer(200, 'direct')));
      expect(result).toMatchObject({ body: 'direct' });
      expect(proxy.connections()).toBe(0);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });

  test('close waits for what is under way and takes nothing new', async () => {
    const server = await serve((socket) => setTimeout(() => socket.write(answer(200, 'late')), 50));
    const request: HttpRequest = { method: 'GET', url: server.origin };
    const running = port.send(request);
    await new Promise((done) => setTimeout(done, 20));
    const closing = port.close();
    expect(await port.send(request)).toMatchObject({ code: 'WB_HTTP_CLOSED', sent: false });
    await closing;
    expect(await running).toMatchObject({ body: 'late' });
  });
});
