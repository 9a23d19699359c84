import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Account } from '../accounts/model.js';
import type { Notification, SourcePlugin } from '../contract/index.js';
import type { HttpAnswer, HttpPort, HttpRequest } from '../platform/http/http-port.js';
import { createLog } from '../platform/log/log.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { Materials, MaterialsAwayError } from './materials.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const notification = { headers: {}, body: Buffer.from('') } as unknown as Notification;

const reply = (status: number, body = 'certificate'): HttpAnswer => ({
  kind: 'response',
  status,
  headers: {},
  body,
  truncated: false,
  ms: 1,
});
const failure: HttpAnswer = {
  kind: 'failure',
  code: 'WB_HTTP_CONNECT',
  message: 'refused',
  sent: false,
  ms: 1,
};

const urls = (...names: string[]) => names.map((name) => `https://keys.example/${name}`);

/** An account whose source asks for these addresses, one credential each list. */
function account(...lists: string[][]): Account {
  const credentials = lists.map((list, i) => ({ id: `c${i}`, value: { list } }));
  const source = {
    name: 'toy',
    materials: (_notification: Notification, { list }: { list: string[] }) =>
      list.map((url) => ({ method: 'GET' as const, url })),
  } as unknown as SourcePlugin;
  return { id: 'shop', source, credentials } as unknown as Account;
}

describe('materials', () => {
  let clock: FakeClock;
  let asked: string[];
  let answer: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;
  let materials: Materials;

  beforeEach(() => {
    clock = fakeClock(NOW);
    asked = [];
    answer = () => reply(200);
    const port: HttpPort = {
      send: async (request) => {
        asked.push(request.url);
        return answer(request);
      },
      close: () => Promise.resolve(),
    };
    materials = new Materials(port, clock, createLog('silent'));
  });

  it('gives every credential the answers to its requests, in order, each address asked once', async () => {
    answer = ({ url }) => reply(200, url.slice(-1));
    const one = account(urls('a', 'b'), urls('b'));
    const gathered = await materials.gather(one, notification, true);
    const bodies = one.credentials.map((c) => gathered.get(c)?.map(({ body }) => body));
    expect(bodies).toEqual([['a', 'b'], ['b']]);
    await Promise.all([1, 2].map(() => materials.gather(one, notification, true)));
    expect(asked).toEqual(urls('a', 'b'));
    clock.advance(24 * 3_600_000);
    await materials.gather(one, notification, true);
    expect(asked).toHaveLength(4);
  });

  it.each<[string, HttpAnswer]>([
    ['no answer', failure],
    ['a fault of the network', reply(503)],
  ])('says that they are away on %s, and asks again next time', async (_name, first) => {
    answer = () => first;
    const one = account(urls('a'));
    await expect(materials.gather(one, notification, true)).rejects.toThrow(MaterialsAwayError);
    answer = () => reply(200);
    expect((await materials.gather(one, notification, true)).size).toBe(1);
  });

  it('hands on a 404, which proves nothing, and keeps it for a minute only', async () => {
    answer = () => reply(404);
    const one = account(urls('a'));
    const gathered = await materials.gather(one, notification, true);
    expect([...gathered.values()][0]?.[0]?.status).toBe(404);
    await materials.gather(one, notification, true);
    expect(asked).toHaveLength(1);
    clock.advance(60_000);
    await materials.gather(one, notification, true);
    expect(asked).toHaveLength(2);
  });

  it('fetches nothing for a caller that may not, and what is at hand is still given', async () => {
    const one = account(urls('a'));
    await expect(materials.gather(one, notification, false)).rejects.toThrow(MaterialsAwayError);
    expect(asked).toEqual([]);
    await materials.gather(one, notification, true);
    expect((await materials.gather(one, notification, false)).size).toBe(1);
  });

  it('asks for few addresses at a time, however many are invented', async () => {
    answer = () => new Promise<HttpAnswer>(() => undefined);
    const names = Array.from({ length: 9 }, (_unused, i) => `k${i}`);
    const gathering = materials.gather(account(urls(...names)), notification, true);
    await expect(gathering).rejects.toThrow(MaterialsAwayError);
    expect(asked).toHaveLength(8);
  });

  it('takes a plugin that throws for one that asks for nothing', async () => {
    const one = account(urls('a'));
    const source = {
      ...one.source,
      materials: () => {
        throw new Error('never shown');
      },
    };
    const gathered = await materials.gather({ ...one, source }, notification, true);
    expect([...gathered.values()]).toEqual([[]]);
  });
});
