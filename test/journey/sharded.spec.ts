import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Repair } from '../../src/normalize/repair.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { ShardedCluster } from './sharded-kit.js';

/** Path of a mongos of the same version as the mongod; no package that we know carries one. */
const MONGOS = process.env['WAYBILL_MONGOS'];
const ORDERS = 60;

const yaml = (url: string) => `
accounts: [{ id: shop, source: toy, credentials: { secret: toy-secret } }]
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" } }
  - { id: two, target: hook, settings: { url: "${url}/two" } }
routes: [{ from: shop, to: [one, two] }]
`;

const where = MONGOS === undefined ? describe.skip : describe;

where('two real shards behind a mongos (WAYBILL_MONGOS)', () => {
  let cluster: ShardedCluster;
  let stores: TestStores;
  let partner: Partner;
  let running: Running;
  let ill = true;

  beforeAll(async () => {
    cluster = await ShardedCluster.start(MONGOS ?? '');
    await cluster.shard();
    stores = await startTestStores({ onlyRedis: true });
    partner = await startPartner(({ url }, nth) =>
      ill && url === '/two' ? { status: 503 } : { status: 200, body: `remote-${nth}` },
    );
    const place = { mongodbUri: cluster.mongodbUri, redisUrl: stores.redisUrl };
    running = await run(place, yaml(partner.url));
    await running.gateway.prepared;
  }, 240_000);

  afterAll(async () => {
    await running?.stop();
    await partner?.close();
    await stores?.stop();
    await cluster?.stop();
  });

  const rows = () => running.ledger.deliveries.find().toArray();

  it('carry the corridor, and their counts agree', async () => {
    const sale = (i: number) => ({
      type: 'SALE',
      order: `Z${i}`,
      amount: '100',
      at: '1763600000000',
    });
    const all = Array.from({ length: ORDERS }, (_unused, i) => i);
    await Promise.all(all.map((i) => running.sale(sale(i))));
    await until(rows, (found) => found.some(({ state }) => state === 'retry'));
    ill = false;
    for (const i of all.slice(0, 10)) {
      const repeat = await running.sale(sale(i));
      expect(JSON.parse(repeat.body)).toMatchObject({ result: 'repeat' });
      await running.sale({ ...sale(i), type: 'REFUND', at: '1763600009000' });
    }
    const events = ORDERS + 10;
    const final = await until(
      rows,
      (found) => found.length === 2 * events && found.every(({ settledAt }) => settledAt),
      90_000,
    );
    expect(final.every(({ state }) => state === 'delivered')).toBe(true);
    await running.gateway.app.get(Repair).run();
    for (const [name, count] of [
      ['events', events],
      ['deliveries', 2 * events],
    ] as const) {
      const shards = await cluster.rowsByShard(name);
      expect(shards).toHaveLength(2);
      expect(Math.min(...shards)).toBeGreaterThan(0);
      expect(shards.reduce((sum, n) => sum + n, 0)).toBe(count);
    }
    expect(await running.ledger.events.countDocuments()).toBe(events);
    const told = new Set(partner.bodies().map((body) => body['id']));
    expect(told.size).toBeGreaterThanOrEqual(events);
  }, 180_000);
});
