import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { waitFor } from './drill.js';
import { fateOf, FaultProxy } from './fault-proxy.js';
import { Random } from './random.js';

describe('the fate of a chunk', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

  it('is to pass at once, whole, in good weather', () => {
    expect(fateOf(new Random(1), 100, {})).toEqual({ lateMs: 0 });
  });

  it('is never to pass whole when it is cut, and never late beyond the jitter', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5000 }), (seed, length) => {
        const weather = { delayMs: 200, jitterMs: 200, cutShare: 1 };
        const { lateMs, keep = Number.NaN } = fateOf(new Random(seed), length, weather);
        expect(lateMs).toBeGreaterThanOrEqual(0);
        expect(lateMs).toBeLessThanOrEqual(400);
        expect(keep).toBeGreaterThanOrEqual(0);
        expect(keep).toBeLessThan(length);
      }),
    );
  });

  it('is a cut as often as ordered, half of the cuts inside a frame', () => {
    const random = new Random(7);
    const cuts = Array.from(
      { length: 20_000 },
      () => fateOf(random, 500, { cutShare: 0.01 }).keep,
    ).filter((keep) => keep !== undefined);
    expect(cuts.length).toBeGreaterThan(140);
    expect(cuts.length).toBeLessThan(260);
    const inside = cuts.filter((keep) => keep > 0).length / cuts.length;
    expect(inside).toBeGreaterThan(0.35);
    expect(inside).toBeLessThan(0.65);
  });
});

describe('a line through the proxy', () => {
  let echo: net.Server;
  let proxy: FaultProxy;
  const accepted = new Set<net.Socket>();

  beforeEach(async () => {
    echo = net.createServer((socket) => {
      accepted.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => accepted.delete(socket));
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await FaultProxy.open((echo.address() as net.AddressInfo).port, new Random(3));
  });

  afterEach(async () => {
    await proxy.close();
    await new Promise<void>((resolve) => echo.close(() => resolve()));
  });

  /** A client that keeps what it hears. */
  async function client() {
    const socket = net.connect(proxy.port, '127.0.0.1');
    const heard = { text: '', closed: false };
    socket.on('data', (chunk: Buffer) => (heard.text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (heard.closed = true));
    await new Promise((resolve) => socket.once('connect', resolve));
    return { socket, heard };
  }

  it('keeps the order of the bytes however late they are, and ends as the client ends', async () => {
    proxy.weather = { delayMs: 5, jitterMs: 5 };
    const { socket, heard } = await client();
    const words = Array.from({ length: 40 }, (_, i) => `${i},`);
    for (const word of words) socket.write(word);
    expect(await waitFor(() => heard.text === words.join(''), 5000, 5)).toBe(true);
    expect(proxy.harm.late).toBeGreaterThan(0);
    socket.end();
    expect(await waitFor(() => heard.closed && accepted.size === 0, 2000, 5)).toBe(true);
  });

  it('cuts both ends, in the middle of what was said', async () => {
    proxy.weather = { cutShare: 1 };
    for (let i = 0; i < 12 && proxy.harm.midFrame === 0; i += 1) {
      const { socket, heard } = await client();
      socket.write('a sentence of some length');
      expect(await waitFor(() => heard.closed, 2000, 5)).toBe(true);
      expect(heard.text).toBe('');
    }
    expect(proxy.harm.midFrame).toBeGreaterThan(0);
    expect(await waitFor(() => accepted.size === 0, 2000, 5)).toBe(true);
  });

  it('holds everything in a black hole, and lets it through afterwards', async () => {
    const { socket, heard } = await client();
    const over = proxy.blackHole(150);
    socket.write('into the dark');
    await waitFor(() => proxy.harm.held > 0, 2000, 5);
    expect([heard.text, proxy.harm.held]).toEqual(['', 13]);
    await over;
    expect(await waitFor(() => heard.text === 'into the dark', 2000, 5)).toBe(true);
  });

  it('forgets a connection without telling the client, and serves the next one', async () => {
    const old = await client();
    old.socket.write('hello');
    await waitFor(() => old.heard.text === 'hello', 2000, 5);
    proxy.halfOpen();
    expect(await waitFor(() => accepted.size === 0, 2000, 5)).toBe(true);
    old.socket.write('anybody there?');
    const fresh = await client();
    fresh.socket.write('new');
    expect(await waitFor(() => fresh.heard.text === 'new', 2000, 5)).toBe(true);
    expect([old.heard.text, old.heard.closed, proxy.harm.halfOpened]).toEqual(['hello', false, 1]);
  });
});
