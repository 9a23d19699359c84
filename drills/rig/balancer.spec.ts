import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Balancer } from './balancer.js';
import { waitFor } from './drill.js';

interface Behind {
  readonly server: http.Server;
  /** Connections that brought requests, probes left out. */
  readonly kept: Set<Socket>;
  served: number;
  ready: boolean;
  /** Takes the request and cuts the connection. */
  cuts: boolean;
}

async function behind(): Promise<Behind> {
  const kept = new Set<Socket>();
  const one: Behind = { server: http.createServer(), kept, served: 0, ready: true, cuts: false };
  one.server.on('request', (request, response) => {
    request.resume();
    if (request.url === '/readyz') {
      response.statusCode = one.ready ? 200 : 503;
      response.end();
      return;
    }
    one.served += 1;
    kept.add(request.socket);
    if (one.cuts) request.socket.resetAndDestroy();
    else response.end('served');
  });
  await new Promise<void>((resolve) => one.server.listen(0, '127.0.0.1', resolve));
  return one;
}

const urlOf = ({ server }: Behind): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const shut = ({ server }: Behind): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

describe('the balancer', () => {
  let backends: [Behind, Behind];
  let balancer: Balancer;
  const post = (): Promise<number> => {
    const { port } = new URL(balancer.url);
    return new Promise((resolve, reject) => {
      const request = http.request({ port, method: 'POST', agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('error', reject);
      request.end('x');
    });
  };
  const posts = async (n: number): Promise<number[]> => {
    const all: number[] = [];
    for (let i = 0; i < n; i += 1) all.push(await post());
    return all;
  };

  beforeEach(async () => {
    backends = [await behind(), await behind()];
    balancer = await Balancer.open(backends.map(urlOf));
  });
  afterEach(async () => {
    await balancer.close();
    await Promise.all(backends.map(shut));
  });

  it('takes turns, over connections that it keeps', async () => {
    expect(await posts(10)).toEqual(Array(10).fill(200));
    expect(backends.map(({ served }) => served)).toEqual([5, 5]);
    expect(backends.map(({ kept }) => kept.size)).toEqual([1, 1]);
    expect(balancer.traffic).toMatchObject({ forwarded: 10, refused: 0, broken: 0, nowhere: 0 });
  });

  it('leaves out a backend that says three times that it is not ready, and says 503 when none is', async () => {
    backends[0].ready = false;
    await posts(2);
    expect(backends.map(({ served }) => served)).toEqual([1, 1]);
    expect(await waitFor(() => !balancer.isReady(0), 6000, 10)).toBe(true);
    await posts(4);
    expect(backends.map(({ served }) => served)).toEqual([1, 5]);
    backends[1].ready = false;
    expect(await waitFor(() => !balancer.isReady(1), 6000, 10)).toBe(true);
    expect(await post()).toBe(503);
    expect(balancer.traffic.nowhere).toBe(1);
  });

  it('goes elsewhere when nothing listens, for nothing was sent', async () => {
    await shut(backends[0]);
    expect(await posts(4)).toEqual([200, 200, 200, 200]);
    expect(balancer.traffic.refused).toBeGreaterThan(0);
    expect(balancer.traffic.broken).toBe(0);
  });

  it('never sends again what was sent: a cut request is a failed one', async () => {
    backends[0].cuts = true;
    const answers = await posts(4);
    expect(answers.filter((status) => status === 502)).toHaveLength(2);
    expect(backends.map(({ served }) => served)).toEqual([2, 2]);
    expect(balancer.traffic.broken).toBe(2);
  });

  it('counts kept connections that are reset while nothing is on them', async () => {
    await posts(2);
    for (const { kept } of backends) for (const socket of kept) socket.resetAndDestroy();
    expect(await waitFor(() => balancer.idleResets === 2, 2000, 10)).toBe(true);
    expect(await posts(2)).toEqual([200, 200]);
    expect(balancer.idleResets).toBe(2);
  });

  it('does not call a polite end of a kept connection a reset', async () => {
    await posts(2);
    for (const { kept } of backends) for (const socket of kept) socket.end();
    expect(await posts(2)).toEqual([200, 200]);
    expect(balancer.idleResets).toBe(0);
  });
});
