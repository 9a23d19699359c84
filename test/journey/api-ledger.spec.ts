import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Reprocessor } from '../../src/normalize/reprocess.js';
import { ledgerPair, rowsOf, SECRET, sellAt } from './api-kit.js';
import type { Json, Pair } from './config-kit.js';
import { ADMIN_KEY } from './harness.js';

describe('the ledger through the admin API', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await ledgerPair();
  }, 90_000);

  afterAll(() => pair?.stop());

  const sell = (order: string, more: Json = {}) => sellAt(pair, pair.one, order, more);
  const rows = (event: string, count: number) => rowsOf(pair, event, count);

  describe('search', () => {
    it('finds whatever has the name: ids, every name of an order, clicks, the beginnings of objects', async () => {
      const event = await sell('S1', { alias: 'pi_S1', click: 'clk-S1' });
      const [row] = await rows(event['id'] as string, 1);
      const kinds = async (q: string) => {
        const { status, json } = await pair.api('GET', `/search?q=${encodeURIComponent(q)}`);
        expect(status).toBe(200);
        return (json['items'] as Json[]).map((one) => [one['kind'], one['id']]);
      };
      expect(await kinds(event['id'] as string)).toEqual([['event', event['id']]]);
      expect(await kinds(row!['id'] as string)).toEqual([['delivery', row!['id']]]);
      expect(await kinds(event['receiptId'] as string)).toEqual([['receipt', event['receiptId']]]);
      for (const name of ['S1', 'pi_S1']) expect(await kinds(name)).toEqual([['order', 'S1']]);
      expect(await kinds('clk-S1')).toEqual([['click', 'clk-S1']]);
      expect(await kinds('SHO')).toEqual([['account', 'shop']]);
      expect(await kinds('t')).toEqual([
        ['target', 'tap'],
        ['target', 'trial'],
      ]);
      expect(await kinds('ket')).toEqual([['offer', 'keto']]);
      expect(await kinds('{"$ne":null}')).toEqual([]);
      expect((await pair.api('GET', '/search')).json['faults'][0].field).toBe('q');
    });
  });

  describe('the explanation of an event', () => {
    it('says station by station what happened, and of every route why or why not', async () => {
      const event = await sell('E1', { click: 'clk-E1' });
      await rows(event['id'] as string, 1);
      const { status, json } = await pair.api('GET', `/events/${event['id']}/explain`);
      expect(status).toBe(200);
      const steps = json['steps'] as Json[];
      expect(steps.map((one) => one['step'])).toEqual([
        ...['arrived', 'verified', 'normalized', 'attributed', 'planned', 'delivered'],
      ]);
      expect(steps[0]!['facts']).toMatchObject({ account: 'shop', receipt: event['receiptId'] });
      expect(steps[1]!['facts']).toMatchObject({
        ...{ trust: 'signed', credential: 'current', configured: true },
      });
      expect(steps[3]!['says']).toContain('click clk-E1');
      expect(steps[4]!['facts']).toMatchObject({ today: ['tap'], added: [], removed: [] });
      expect(steps[5]!['facts']).toEqual({ byState: { delivered: 1 } });
      const why = Object.fromEntries(
        (json['routes'] as Json[]).map((one) => [`${one['route']}>${one['target']}`, one]),
      );
      expect(why['sales>tap']).toMatchObject({ matched: true });
      expect(why['all>tap']).toMatchObject({ matched: false, why: expect.stringMatching(/sales/) });
      expect(why['all>trial']).toMatchObject({
        matched: false,
        why: expect.stringMatching(/for tests/),
      });
      expect(why['refunds>bare']).toMatchObject({
        matched: false,
        why: expect.stringMatching(/takes REFUND/),
      });
      expect(why['other>tap']).toMatchObject({
        matched: false,
        why: expect.stringMatching(/begins at filed/),
      });
      expect(json['deliveries'][0].explanation.who).toBe('nobody');
      expect((await pair.api('GET', '/events/nope/explain')).status).toBe(404);
    });

    it('tells filters, tests and a plan that would be another one today', async () => {
      const lead = { type: 'LEAD', order: 'E2' };
      expect((await pair.sell(pair.one, 'shop', lead, SECRET)).status).toBe(200);
      const found = (await pair.api('GET', '/events?orderId=E2')).json['items'][0] as Json;
      const before = (await pair.api('GET', `/events/${found['id']}/explain`)).json;
      const keto = (before['routes'] as Json[]).find((one) => one['route'] === 'keto')!;
      expect(keto).toMatchObject({
        matched: false,
        why: expect.stringMatching(/offers keto only/),
      });
      await rows(found['id'] as string, 2);
      const trial = { type: 'SALE', order: 'E3' };
      expect((await pair.sell(pair.one, 'sandbox', trial, SECRET)).status).toBe(200);
      const test = (await pair.api('GET', '/events?orderId=E3')).json['items'][0] as Json;
      const shown = (await pair.api('GET', `/events/${test['id']}/explain`)).json;
      const of = (target: string) =>
        (shown['routes'] as Json[]).find(
          (one) => one['route'] === 'all' && one['target'] === target,
        )!;
      expect(of('tap')).toMatchObject({ matched: false, why: expect.stringMatching(/test event/) });
      expect(of('trial')).toMatchObject({ matched: true });
      await pair.settled(
        await pair.put('routes/late', {
          from: 'shop',
          to: 'bare',
          events: ['LEAD'],
          offers: ['keto'],
        }),
      );
      await pair.api('POST', '/targets/trial/pause', { reason: 'test' });
      const paused = (await pair.api('GET', `/events/${test['id']}/explain`)).json;
      expect(JSON.stringify(paused['routes'])).toContain('is paused');
      await pair.api('POST', '/targets/trial/resume');
    });
  });

  describe('orders of a prior platform', () => {
    const send = async (
      lines: readonly unknown[],
      query = 'account=shop',
      type = 'application/x-ndjson',
    ) => {
      const response = await fetch(`${pair.one.gateway.url}/api/v1/imports/orders?${query}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type },
        body: lines
          .map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
          .join('\n'),
      });
      return { status: response.status, json: (await response.json()) as Json };
    };
    const prior = (orderId: string, more: Json = {}) => ({
      ...{ orderId, occurredAt: '2026-01-05T10:00:00Z', amount: 4900, currency: 'USD' },
      ...more,
    });

    it('are kept once, told to nobody, and found by later refunds', async () => {
      const lines = [
        prior('I1', { clickId: 'clk-I1', remoteIds: { tap: { id: 'old-77' } } }),
        prior('I2'),
        '',
        prior('I1', { clickId: 'clk-I1', remoteIds: { tap: { id: 'old-77' } } }),
      ];
      const dry = await send(lines, 'account=shop&dryRun=true');
      expect(dry.json).toEqual({ recorded: 2, repeats: 1, faults: [], faultsInAll: 0 });
      expect((await pair.api('GET', '/events?orderId=I1')).json['items']).toEqual([]);
      const first = await send(lines);
      expect([first.status, first.json]).toEqual([200, dry.json]);
      expect((await send(lines)).json).toMatchObject({ recorded: 0, repeats: 3 });
      const [event] = (await pair.api('GET', '/events?orderId=I1')).json['items'] as Json[];
      expect(event).toMatchObject({
        ...{ type: 'SALE', flags: ['imported'], plan: [], occurredAt: '2026-01-05T10:00:00.000Z' },
        ...{ revenue: { amount: 4900, currency: 'USD' }, attribution: { clickId: 'clk-I1' } },
      });
      const count = pair.partner.bodies().filter((body) => body['order'] === 'I1').length;
      expect(count).toBe(0);
      for (const order of ['I1', 'I2'])
        await pair.sell(pair.two, 'shop', { type: 'REFUND', order, amount: '4900' }, SECRET);
      const refund = async (order: string) =>
        (await pair.api('GET', `/events?orderId=${order}&type=REFUND`)).json['items'][0] as Json;
      const known = await rows((await refund('I1'))['id'] as string, 2);
      expect(
        known
          .map((row) => [row['target'], row['state']])
          .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      ).toEqual([
        ['bare', 'delivered'],
        ['tap', 'delivered'],
      ]);
      const told = pair.partner.received.filter(
        ({ url, body }) => url === '/tap' && body.includes('"I1"'),
      );
      expect(told.map(({ body }) => JSON.parse(body) as Json)).toMatchObject([
        { type: 'REFUND', remoteSale: 'old-77' },
      ]);
      // Nobody knows what the target called the other one.
      const unknown = await rows((await refund('I2'))['id'] as string, 2);
      expect(unknown.find((row) => row['target'] === 'tap')).toMatchObject({
        ...{ state: 'skipped', reason: 'parent-not-delivered' },
      });
      const shown = (await pair.api('GET', `/events/${event!['id']}`)).json;
      expect([shown['refundStatus'], shown['deliveries'].length]).toEqual(['full', 1]);
      expect(shown['deliveries'][0].explanation.sentence).toContain('imported');
      const steps = (await pair.api('GET', `/events/${event!['id']}/explain`)).json['steps'];
      expect(steps[0].facts.via).toBe('import');
    });

    it('are not asked for a click: another platform has settled whose they are', async () => {
      const programme = { source: 'toy', programme: 'main', credentials: { secret: SECRET } };
      const begun = await pair.api('POST', '/config/apply', {
        accounts: [{ id: 'tracked', ...programme }],
        programmes: [{ id: 'main' }],
        routes: [{ id: 'tracked', from: 'tracked', to: 'tap' }],
      });
      expect(begun.status).toBe(200);
      await send([prior('I10', { clickId: 'never-seen-here' })], 'account=tracked');
      const { json } = await pair.api('GET', '/events?orderId=I10');
      expect(json['items'][0].attribution).toMatchObject({
        ...{ how: 'click', clickId: 'never-seen-here' },
      });
    });

    it('name every fault at its line and take the others', async () => {
      await sell('I3');
      const { json } = await send([
        'no json',
        prior('I4', { amount: 49.5, colour: 'red' }),
        prior('I5', { occurredAt: 'yesterday', currency: 'usd', type: 'CLICK' }),
        prior('I6', { remoteIds: { nobody: { id: '1' } } }),
        prior('I1', { amount: 1 }),
        prior('I3'),
        prior('I7', { type: 'REBILL', line: '2' }),
        { occurredAt: '2026-01-05T10:00:00Z' },
        `"${'x'.repeat(20_000)}"`,
      ]);
      expect([json['recorded'], json['repeats'], json['faultsInAll']]).toEqual([1, 1, 7]);
      expect((json['faults'] as Json[]).map((one) => [one['line'], one['code']])).toEqual([
        [1, 'WB_IMPORT_LINE'],
        [2, 'WB_IMPORT_LINE'],
        [3, 'WB_IMPORT_LINE'],
        [4, 'WB_IMPORT_LINE'],
        [5, 'WB_IMPORT_CONFLICT'],
        [8, 'WB_IMPORT_LINE'],
        [9, 'WB_IMPORT_LINE'],
      ]);
      expect(json['faults'][1].says).toMatch(/colour is not a member.*amount must be/);
      expect(json['faults'][2].says).toMatch(/occurredAt.*type must be.*currency must be/);
      expect((await send([prior('I8')], 'account=nobody')).status).toBe(404);
      expect((await send([prior('I8')], 'account=shop', 'application/json')).status).toBe(415);
      const elsewhere = await fetch(`${pair.one.gateway.url}/api/v1/config/apply`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ADMIN_KEY}`,
          'content-type': 'application/x-ndjson',
        },
        body: '{}',
      });
      expect(elsewhere.status).toBe(415);
      const audit = await pair.api('GET', '/audit?deed=import-orders');
      expect(audit.json['items'][0].what).toMatchObject({
        account: 'shop',
        recorded: 1,
        faults: 7,
      });
    });

    it('a half that a crash left is mended from its receipt', async () => {
      await send([prior('I9', { remoteIds: { tap: { id: 'old-9' } } })]);
      const { events, deliveries, receipts } = pair.one.ledger;
      const event = (await events.findOne({ refs: 'shop|I9' }))!;
      await events.deleteOne({ _id: event._id });
      await deliveries.deleteMany({ event: event._id });
      const receipt = (await receipts.findOne({ _id: event.receiptId }))!;
      const done = await pair.one.gateway.app.get(Reprocessor).reprocess(receipt);
      expect(done).toMatchObject({ ok: true, result: { recorded: [event._id] } });
      const kept = await deliveries.find({ event: event._id }).toArray();
      expect(kept.map(({ target, state, remoteIds }) => [target, state, remoteIds])).toEqual([
        ['tap', 'delivered', { id: 'old-9' }],
      ]);
    });
  });

  it('gives answers that fit the schemas of the OpenAPI document', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const text = await (await fetch(`${pair.one.gateway.url}/api/openapi.json`)).text();
    const document = JSON.parse(text) as Json;
    ajv.addSchema({ $id: 'api', components: document['components'] });
    const fits = (name: string, value: unknown) => {
      const check = ajv.getSchema(`api#/components/schemas/${name}`)!;
      expect([name, check(value), check.errors]).toEqual([name, true, null]);
    };
    const [event] = (await pair.api('GET', '/events?orderId=I1')).json['items'] as Json[];
    fits('EventExplained', (await pair.api('GET', `/events/${event!['id']}/explain`)).json);
    fits('SearchResult', (await pair.api('GET', '/search?q=I1')).json);
    const dry = { kind: 'deliveries', filter: {}, dryRun: true };
    fits('ReplayPreview', (await pair.api('POST', '/replays', dry)).json);
    const begun = await pair.api('POST', '/replays', { kind: 'receipts', filter: {} });
    fits('ReplayStarted', begun.json);
    fits('BulkReplay', (await pair.api('GET', `/replays/${begun.json['id']}`)).json);
    fits('BulkReplayPage', (await pair.api('GET', '/replays')).json);
    const calls = Object.entries(document['paths'] as Json).flatMap(([path, item]) =>
      Object.entries(item as Json).map(([method, call]) => [
        `${method.toUpperCase()} ${path}`,
        (call as Json)['x-scope'],
      ]),
    );
    expect(Object.fromEntries(calls)).toMatchObject({
      'GET /api/v1/search': 'read',
      'GET /api/v1/events/{id}/explain': 'read',
      'POST /api/v1/replays': 'replay',
      'GET /api/v1/replays': 'replay',
      'GET /api/v1/replays/{id}': 'replay',
      'POST /api/v1/replays/{id}/cancel': 'replay',
      'GET /api/v1/tail': 'read',
      'GET /api/v1/exports/events': 'read',
      'GET /api/v1/exports/deliveries': 'read',
      'GET /api/v1/exports/receipts': 'read',
      'POST /api/v1/imports/orders': 'config',
    });
  });

  it('lets out no secret', () => {
    expect(pair.texts.length).toBeGreaterThan(40);
    expect(pair.texts.filter((text) => text.includes(SECRET))).toEqual([]);
  });
});
