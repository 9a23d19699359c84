import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReplayRows } from '../../src/admin/replays/replay-rows.js';
import { ReplayRunner } from '../../src/admin/replays/replay-runner.js';
import { REPLAY_START, type ReplayDoc } from '../../src/admin/replays/replay-doc.js';
import type { DeliveryDoc } from '../../src/ledger/documents.js';
import { AdminBench, learnt, type Json } from './admin-kit.js';
import { until } from './harness.js';

describe('a bulk replay', () => {
  let api: AdminBench;

  beforeAll(async () => {
    api = await AdminBench.start();
  }, 60_000);

  afterAll(() => api?.stop());

  const replays = () => api.running.ledger.mongo.db.collection<ReplayDoc>('replays');
  const ended = (id: string): Promise<Json> =>
    until(
      () => api.get(`/replays/${id}`),
      ({ state }) => state !== 'running',
    );
  const start = (body: Json) => api.ask('/replays', 'POST', body);
  /** Orders of the partner's requests so far. */
  const told = (prefix: string): string[] =>
    api.partner
      .bodies()
      .map((body) => String(body['order']))
      .filter((order) => order.startsWith(prefix));

  /** Refused deliveries of so many sales. */
  const refuse = async (prefix: string, count: number, account: 'shop' | 'other' = 'shop') => {
    api.partner.behave(() => ({ status: 422, body: `no goal for ${prefix}` }));
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) {
      await api.sell(account, { type: 'SALE', order: `${prefix}${i}`, amount: '1' });
      const event = await api.eventOf(`${prefix}${i}`);
      const [row] = await api.settled(event['id'] as string);
      expect(row!['state']).toBe('refused');
      ids.push(row!['id'] as string);
    }
    api.partner.behave(() => ({ status: 200, body: 'fine' }));
    return ids;
  };

  it('says what it would find, by target, and changes nothing', async () => {
    await refuse('A', 3);
    await refuse('B', 2, 'other');
    const before = await api.running.ledger.deliveries.countDocuments();
    const look = await start({ kind: 'deliveries', filter: {}, dryRun: true });
    expect([look.status, look.json['matched'], look.json['byTarget']]).toEqual([
      200,
      5,
      { one: 3, two: 2 },
    ]);
    expect(look.json['sample']).toHaveLength(5);
    const filters: [Json, number][] = [
      [{ target: 'two' }, 2],
      [{ account: 'shop' }, 3],
      [{ state: ['dead'] }, 0],
      [{ state: ['refused'], type: 'SALE' }, 5],
      [{ type: 'REFUND' }, 0],
      [{ reason: 'HTTP 422' }, 5],
      [{ reason: '.*' }, 0],
      [{ from: '2001-01-01', to: '2001-01-02' }, 0],
      [{ from: '2001-01-01' }, 5],
    ];
    for (const [filter, matched] of filters) {
      const { json } = await start({ kind: 'deliveries', filter, dryRun: true });
      expect([filter, json['matched']]).toEqual([filter, matched]);
    }
    expect(await api.running.ledger.deliveries.countDocuments()).toBe(before);
    expect(await replays().countDocuments()).toBe(0);
  });

  it('sends everything again once, as new deliveries, and is audited', async () => {
    const begun = await start({
      kind: 'deliveries',
      filter: { target: 'one' },
      ratePerSecond: 500,
    });
    expect([begun.status, begun.json['matched'], begun.json['state']]).toEqual([202, 3, 'running']);
    const done = await ended(begun.json['id'] as string);
    expect(done).toMatchObject({ state: 'done', matched: 3, done: 3, refused: 0, reasons: {} });
    await until(
      () => told('A').length,
      (count) => count === 6,
    );
    const audit = await api.get('/audit?limit=5');
    expect(audit['items'].map((row: Json) => [row['deed'], row['what'].matched])).toEqual(
      expect.arrayContaining([
        ['replay-ended', 3],
        ['replay-many', 3],
      ]),
    );
    // What has been delivered since is not sent a second time, by another bulk replay either.
    const again = await start({ kind: 'deliveries', filter: { target: 'one' } });
    expect(await ended(again.json['id'] as string)).toMatchObject({
      ...{ state: 'done', matched: 3, done: 0, refused: 3 },
      reasons: { WB_DELIVERY_SENT_SINCE: 3 },
    });
    expect(told('A')).toHaveLength(6);
    const list = await api.get('/replays');
    expect(list['items'].map((one: Json) => one['id'])).toEqual([
      again.json['id'],
      begun.json['id'],
    ]);
    const first = await api.get('/replays?limit=1');
    const second = await api.get(`/replays?limit=1&cursor=${first['nextCursor']}`);
    expect(second['items'][0].id).toBe(begun.json['id']);
    expect(second['nextCursor']).toBeNull();
  });

  it('goes on after a process that died between a step and its note, and sends nothing twice', async () => {
    const ids = await refuse('C', 4);
    const now = Date.now();
    // As it stands after a crash: everything was sent, nothing was noted, the lease has run out.
    const doc: ReplayDoc = {
      ...{ _id: 'f'.repeat(32), kind: 'deliveries', filter: { target: 'one', reason: 'HTTP 422' } },
      ...{ ratePerSecond: 1000, who: { id: 'first', name: 'first key' }, state: 'running' },
      ...{ startedAt: new Date(now), before: new Date(now), matched: 7, done: 0, refused: 0 },
      ...{
        reasons: {},
        place: REPLAY_START,
        failures: 0,
        leaseUntil: new Date(now),
        token: 'dead',
      },
    };
    await replays().insertOne(doc);
    expect((await ended(doc._id))['done']).toBe(4);
    await until(
      () => told('C').length,
      (count) => count === 8,
    );
    await replays().updateOne(
      { _id: doc._id },
      {
        $set: {
          ...{ state: 'running', place: REPLAY_START, done: 0, refused: 0, reasons: {} },
          leaseUntil: new Date(),
        },
      },
    );
    expect(await ended(doc._id)).toMatchObject({ state: 'done', done: 4, refused: 3 });
    const rows = await api.running.ledger.deliveries.countDocuments({ replayOf: { $in: ids } });
    expect(rows).toBe(4);
    expect(told('C')).toHaveLength(8);
  });

  it('is taken by one of all replicas, and never chases what it made itself', async () => {
    const rows = api.running.gateway.app.get(ReplayRows);
    await api.running.gateway.app.get(ReplayRunner).look();
    const now = Date.now();
    const asked = { kind: 'deliveries', filter: { account: 'nobody' }, ratePerSecond: 1 } as const;
    const who = { id: 'first', name: 'first key' };
    const doc = await rows.add({ ...asked, who, matched: 0, before: new Date(now) });
    const claims = await Promise.all(Array.from({ length: 10 }, () => rows.claim()));
    // The runner of this process may have been quicker than all of them.
    expect(claims.filter((one) => one?._id === doc._id).length).toBeLessThanOrEqual(1);
    await rows.cancel(doc._id);
    // The partner refuses again: the new rows match the filter, but came after its beginning.
    await refuse('D', 2);
    api.partner.behave(() => ({ status: 422, body: 'still not' }));
    const begun = await start({ kind: 'deliveries', filter: { reason: 'HTTP 422' } });
    const done = await ended(begun.json['id'] as string);
    expect(done['done'] + done['refused']).toBe(begun.json['matched']);
    await until(
      () => told('D').length,
      (count) => count === 4,
    );
    api.partner.behave(() => ({ status: 200, body: 'fine' }));
  });

  it('leaves alone what came to its end after its beginning', async () => {
    const template = (await api.running.ledger.deliveries.findOne({ state: 'refused' }))!;
    const [early, late] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
    const finalAt = (_id: string, settledAt: Date): DeliveryDoc => ({
      ...template,
      ...{ _id, event: _id, target: 'nowhere', at: early, settledAt },
    });
    await api.running.ledger.deliveries.insertMany([
      finalAt('before', early),
      finalAt('after', late),
    ]);
    const begun = await start({ kind: 'deliveries', filter: { target: 'nowhere' } });
    expect(begun.json['matched']).toBe(1);
    expect(await ended(begun.json['id'] as string)).toMatchObject({ done: 0, refused: 1 });
    await api.running.ledger.deliveries.deleteMany({ target: 'nowhere' });
  });

  it('keeps to its rate and can be stopped', async () => {
    const template = (await api.running.ledger.deliveries.findOne({ state: 'refused' }))!;
    const at = new Date(Date.now() - 60_000);
    const many = Array.from({ length: 60 }, (_unused, i): DeliveryDoc => ({
      ...template,
      ...{ _id: `slow${i}`, event: `gone${i}`, target: 'nowhere', at, settledAt: at },
    }));
    await api.running.ledger.deliveries.insertMany(many);
    const begun = await start({
      ...{ kind: 'deliveries', filter: { target: 'nowhere' }, ratePerSecond: 1 },
    });
    const id = begun.json['id'] as string;
    const cancelled = await api.ask(`/replays/${id}/cancel`, 'POST');
    expect([cancelled.status, cancelled.json['state']]).toEqual([200, 'cancelled']);
    expect(cancelled.json['endedAt']).not.toBeNull();
    expect((await api.ask(`/replays/${id}/cancel`, 'POST')).json['state']).toBe('cancelled');
    expect((await api.ask('/replays/nope/cancel', 'POST')).status).toBe(404);
    expect((await ended(id))['done'] + (await ended(id))['refused']).toBeLessThan(60);
    const fast = await start({
      ...{ kind: 'deliveries', filter: { target: 'nowhere' }, ratePerSecond: 1000 },
    });
    expect(await ended(fast.json['id'] as string)).toMatchObject({
      ...{ done: 0, refused: 60, reasons: { WB_TARGET_UNKNOWN: 60 } },
    });
    await api.running.ledger.deliveries.deleteMany({ target: 'nowhere' });
  });

  it('reads parked receipts again once their plugin understands them', async () => {
    for (let i = 0; i < 3; i += 1) await api.sell('shop', { type: 'mystery', order: `M${i}` });
    await api.sell('shop', { type: 'riddle', order: 'M9' });
    const look = await start({ kind: 'receipts', filter: { account: 'shop' }, dryRun: true });
    expect(look.json).toMatchObject({ matched: 4, byAccount: { shop: 4 } });
    learnt.mystery = true;
    const begun = await start({ kind: 'receipts', filter: {}, ratePerSecond: 100 });
    expect(await ended(begun.json['id'] as string)).toMatchObject({
      ...{ state: 'done', matched: 4, done: 3, refused: 1 },
      reasons: { WB_RECEIPT_NOT_UNDERSTOOD: 1 },
    });
    const left = await api.get('/receipts?state=parked');
    expect(left['items'].map((one: Json) => one['reason'])).toEqual([
      expect.stringContaining('riddle'),
    ]);
    expect((await api.eventOf('M2', 'LEAD'))['order']).toMatchObject({ id: 'M2' });
  });

  it('refuses what is no filter with every fault at its place', async () => {
    const cases: [Json, string[]][] = [
      [{}, ['kind', 'filter']],
      [
        { kind: 'receipts', filter: { target: 'one', state: ['dead'] } },
        ['filter.target', 'filter.state'],
      ],
      [
        { kind: 'deliveries', filter: { state: ['delivered'], mood: 1 } },
        ['filter.mood', 'filter.state'],
      ],
      [
        { kind: 'deliveries', filter: { from: 'soon' }, ratePerSecond: 0 },
        ['filter.from', 'ratePerSecond'],
      ],
      [{ kind: 'deliveries', filter: [] }, ['filter']],
    ];
    for (const [body, fields] of cases) {
      const { status, json } = await start(body);
      const named = (json['faults'] as Json[]).map((fault) => fault['field'] as string);
      expect([body, status, named.toSorted()]).toEqual([body, 400, fields.toSorted()]);
    }
  });
});
