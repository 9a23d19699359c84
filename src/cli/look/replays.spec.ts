import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { problem, SpecApi, type Asked } from '../gateway/api.spec-kit.js';
import { waybill, type Ran } from '../program/terminal.spec-kit.js';

describe('replays of many, and lists', () => {
  let api: SpecApi;
  beforeAll(async () => {
    api = await SpecApi.start();
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    api.asked.length = 0;
  });
  const run = (line: string): Promise<Ran> => waybill(line.split(' '), { env: api.env });

  const PREVIEW = { matched: 3, byTarget: { tap: 2, tune: 1 }, sample: ['d1'] };
  const done = { id: 'p1', state: 'done', matched: 3, done: 2, refused: 1 };
  const bodies = (): unknown[] =>
    api.asked
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => JSON.parse(body) as unknown);

  const replays = ({ method, body }: Asked): unknown => {
    if (method === 'GET') return done;
    const { dryRun } = JSON.parse(body) as { dryRun: boolean };
    return dryRun ? PREVIEW : { id: 'p1', matched: 3, state: 'running' };
  };

  const WORDS = 'replays start deliveries --target tap --state refused,dead --since 2h';

  it('show what matches, and start nothing without a yes', async () => {
    api.answers = replays;
    const preview = await run(`${WORDS} --dry-run`);
    expect([preview.code, preview.out]).toEqual([
      0,
      '3 deliveries match\n  tap  2\n  tune  1\n  for example d1\n',
    ]);
    expect(await run(WORDS)).toMatchObject({
      code: 2,
      err: expect.stringContaining('replay 3 deliveries?'),
    });
    const filter = { target: 'tap', state: ['refused', 'dead'], from: '2026-11-20T08:00:00.000Z' };
    expect(bodies()).toEqual([
      { kind: 'deliveries', filter, dryRun: true },
      { kind: 'deliveries', filter, dryRun: true },
    ]);
  });

  it('are watched to their end', async () => {
    api.answers = replays;
    const ran = await run(`${WORDS} --yes --rate 5 --json`);
    expect([ran.code, JSON.parse(ran.out)]).toEqual([0, done]);
    expect(bodies().at(-1)).toMatchObject({ dryRun: false, ratePerSecond: 5 });
  });

  it('of everything are never meant', async () => {
    expect(await run('replays start receipts')).toMatchObject({ code: 2 });
    expect(await run('replays start evnts --target tap')).toMatchObject({ code: 2 });
    expect(api.asked).toEqual([]);
  });

  it('lists go on page by page, and end where they should', async () => {
    api.answers = ({ query }) => {
      const from = Number(query.get('cursor') ?? 0);
      const limit = Number(query.get('limit'));
      const items = Array.from({ length: limit }, (_none, i) => ({ id: `e${from + i}` }));
      return { items, nextCursor: String(from + limit) };
    };
    const ran = await run('events ls --limit 450 --json');
    const rows = ran.out.trim().split('\n');
    expect([rows.length, rows.at(-1)]).toEqual([450, '{"id":"e449"}']);
    expect(api.asked.map(({ query }) => query.get('limit'))).toEqual(['200', '200', '50']);
  });

  it('search ends with 1 when nothing is found', async () => {
    api.answers = ({ query }) => ({
      items:
        query.get('q') === 'A 1' ? [{ kind: 'order', id: 'A 1', title: 'an order', at: null }] : [],
    });
    expect(await run('search A 1')).toMatchObject({
      code: 0,
      out: expect.stringContaining('an order'),
    });
    expect(await run('search nothing')).toMatchObject({ code: 1 });
  });

  it('a question that an old gateway does not know is answered from what it knows', async () => {
    api.answers = ({ where }, response) => {
      if (where === 'events/e1') return { id: 'e1', type: 'SALE', source: { trust: 'signed' } };
      problem(response, 404, 'WB_NOT_FOUND', 'there is no such call');
      return undefined;
    };
    const { code, out } = await run('events explain e1');
    expect([code, out]).toEqual([0, expect.stringContaining('its signature is right')]);
    expect(await run('events explain e2')).toMatchObject({ code: 1 });
  });

  it('a fault of the configuration names every place', async () => {
    api.answers = (_asked, response) => {
      response.writeHead(422, { 'content-type': 'application/problem+json' });
      const faults = [
        { field: 'routes.a.to', rule: 'names the unknown target "b"', example: 'tap' },
      ];
      response.end(
        JSON.stringify({ title: 'Wrong', detail: 'wrong', code: 'WB_CONFIG_INVALID', faults }),
      );
    };
    const { code, err } = await run('route add --from a --to b');
    expect(code).toBe(1);
    expect(err).toBe(
      'waybill: Wrong\n  routes.a.to: names the unknown target "b" (example: tap)\n',
    );
  });

  it('never follows a redirect: the key would go along', async () => {
    let elsewhere = 0;
    api.answers = ({ where }, response) => {
      if (where === 'stolen') elsewhere += 1;
      response.writeHead(302, { location: '/api/v1/stolen' }).end();
    };
    const ran = await run('events ls');
    expect([ran.code, elsewhere]).toEqual([3, 0]);
    expect(ran.err).toContain('not as a Waybill gateway does');
  });
});
