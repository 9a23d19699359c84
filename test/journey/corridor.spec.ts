import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { sealToy } from './toys.js';

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" } }
  - { id: two, target: hook, settings: { url: "${url}/two" } }
routes:
  - { from: shop, to: [one, two] }
`;

describe('the corridor, from the door to the partner', () => {
  let stores: TestStores;
  let partner: Partner;
  let running: Running;

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner((_request, nth) => ({ status: 200, body: `remote-${nth}` }));
    running = await run(
      { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl },
      yaml(partner.url),
    );
    await running.gateway.prepared;
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await partner?.close();
    await stores?.stop();
  });

  const rowsOf = (order: string) =>
    running.ledger.events
      .findOne({ 'order.id': order, type: 'SALE' })
      .then((event) => running.ledger.deliveries.find({ event: event?._id ?? '' }).toArray());

  const finalRows = (order: string) =>
    until(
      () => rowsOf(order),
      (rows) => rows.length === 2 && rows.every((row) => row.settledAt !== undefined),
    );

  it('is ready once its stores are', async () => {
    const ready = await fetch(`${running.gateway.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(((await ready.json()) as { status: string }).status).toBe('ok');
  });

  it('delivers a sale once to each target and keeps what the partner said', async () => {
    const answer = await running.sale({ type: 'SALE', order: 'A1', amount: '4900' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      ok: true,
      result: 'recorded',
      duplicate: false,
    });
    const rows = await finalRows('A1');
    expect(rows.map((row) => row.state)).toEqual(['delivered', 'delivered']);
    expect(rows.every((row) => /^remote-\d+$/.test(String(row.remoteIds?.['id'])))).toBe(true);
    expect(rows[0]?.log).toHaveLength(1);
    expect(partner.bodies().filter((body) => body['order'] === 'A1')).toHaveLength(2);
  });

  it('counts the same sale once, whether sent three times in a row or a hundred times at once', async () => {
    for (let i = 0; i < 3; i += 1) {
      const answer = await running.sale({ type: 'SALE', order: 'A2', amount: '100' });
      expect(JSON.parse(answer.body)).toMatchObject({ duplicate: i > 0 });
    }
    const copies = await Promise.all(
      Array.from({ length: 100 }, () => running.sale({ type: 'SALE', order: 'A3', amount: '100' })),
    );
    expect(copies.every((copy) => copy.status === 200)).toBe(true);
    expect(
      copies.filter((copy) => (JSON.parse(copy.body) as { result: string }).result === 'recorded'),
    ).toHaveLength(1);
    await finalRows('A2');
    await finalRows('A3');
    const events = await running.ledger.events
      .find({ 'order.id': { $in: ['A2', 'A3'] } })
      .toArray();
    expect(events).toHaveLength(2);
    const receipts = (id: string) => running.ledger.receipts.find({ eventIds: id }).toArray();
    const [a2, a3] = ['A2', 'A3'].map(
      (order) => events.find((event) => event.order?.id === order)?._id ?? '',
    );
    expect((await receipts(a2 ?? '')).map((receipt) => receipt.state).sort()).toEqual([
      'recorded',
      'repeat',
      'repeat',
    ]);
    expect((await receipts(a3 ?? '')).filter((receipt) => receipt.state === 'repeat')).toHaveLength(
      99,
    );
    for (const order of ['A2', 'A3']) {
      expect(partner.bodies().filter((body) => body['order'] === order)).toHaveLength(2);
    }
  });

  it('flags the same key with another amount and counts the first', async () => {
    await running.sale({ type: 'SALE', order: 'A4', amount: '100' });
    const other = await running.sale({ type: 'SALE', order: 'A4', amount: '999' });
    expect(other.status).toBe(200);
    expect(JSON.parse(other.body)).toMatchObject({ result: 'conflict' });
    const event = await running.ledger.events.findOne({ 'order.id': 'A4' });
    expect(event?.revenue).toEqual({ amount: 100, currency: 'USD' });
    expect((await finalRows('A4')).length).toBe(2);
  });

  it('hands a refund the remote id of its sale', async () => {
    await running.sale({ type: 'SALE', order: 'A5', amount: '100', at: '1763600000000' });
    const sale = await finalRows('A5');
    await running.sale({ type: 'REFUND', order: 'A5', amount: '100', at: '1763600001000' });
    const refunds = await until(
      () => partner.bodies().filter((body) => body['order'] === 'A5' && body['type'] === 'REFUND'),
      (found) => found.length === 2,
    );
    const told = refunds.map((body) => String(body['remoteSale']));
    expect(new Set(told)).toEqual(new Set(sale.map((row) => String(row.remoteIds?.['id']))));
  });

  it('parks what is verified but not understood, and never answers 4xx for it', async () => {
    for (const type of ['mystery', 'boom']) {
      const answer = await running.post('/in/toy/shop', sealToy({ type, order: 'P1' }));
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ result: 'parked' });
    }
    const parked = await running.ledger.receipts.find({ state: 'parked' }).toArray();
    expect(new Set(parked.map((receipt) => receipt.reason))).toEqual(
      new Set(['WB_PLUGIN_THREW: toy could not read this notification', 'unknown type mystery']),
    );
    const nothing = await running.post('/in/toy/shop', sealToy({ type: 'nothing', order: 'P2' }));
    expect(JSON.parse(nothing.body)).toMatchObject({ result: 'nothing' });
  });

  it('skips a test event at a live target and says so', async () => {
    await running.sale({ type: 'SALE', order: 'T1', amount: '100', test: true });
    const rows = await finalRows('T1');
    expect(rows.map((row) => [row.state, row.reason])).toEqual([
      ['skipped', 'test'],
      ['skipped', 'test'],
    ]);
    expect(partner.bodies().filter((body) => body['order'] === 'T1')).toHaveLength(0);
  });
});
