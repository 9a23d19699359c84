import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';

const yaml = (url: string) => `
accounts: [{ id: shop, source: toy, credentials: { secret: toy-secret } }]
targets:
  - { id: healing, target: hook, settings: { url: "${url}/healing" } }
  - { id: refusing, target: hook, settings: { url: "${url}/refusing" } }
routes: [{ from: shop, to: [healing, refusing] }]
`;

describe('a reversal and its sale on the same target', () => {
  let stores: TestStores;
  let partner: Partner;
  let running: Running;
  let healed = false;

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner((request) => {
      const sale = request.body.includes('"SALE"');
      if (request.url === '/healing' && sale && !healed) return { status: 503 };
      return request.url === '/refusing' && sale
        ? { status: 422 }
        : { status: 200, body: 'remote-1' };
    });
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    running = await run(place, yaml(partner.url));
    await running.gateway.prepared;
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await partner?.close();
    await stores?.stop();
  });

  const row = async (type: string, target: string) =>
    running.ledger.deliveries.findOne({ type, target });
  const told = (path: string) =>
    partner.received
      .filter((one) => one.url === path)
      .map((one) => (JSON.parse(one.body) as { type: string }).type);

  it('waits while the sale is not final, follows it when it is, and names what the sale was called', async () => {
    await running.sale({
      type: 'SALE',
      order: 'H1',
      amount: '100',
      at: '1763600000000',
      click: 'click-1',
    });
    await until(
      () => row('SALE', 'healing'),
      (found) => found?.state === 'retry',
    );
    await running.sale({ type: 'REFUND', order: 'H1', amount: '100', at: '1763600009000' });
    const held = await until(
      () => row('REFUND', 'healing'),
      (found) => found?.state === 'held' && found.parent !== undefined,
    );
    expect(held?.reason).toBe('parent');
    expect(held?.attempts).toBe(0);
    expect(told('/healing')).not.toContain('REFUND');
    healed = true;
    await until(
      () => row('REFUND', 'healing'),
      (found) => found?.state === 'delivered',
      30_000,
    );
    expect(told('/healing').at(-1)).toBe('REFUND');
    expect((await row('SALE', 'healing'))?.state).toBe('delivered');
    const refund = partner.bodies().find((body) => body['type'] === 'REFUND');
    expect(refund?.['remoteSale']).toBe('remote-1');
  }, 60_000);

  it('is not sent to a target that refused the sale', async () => {
    const refund = await until(
      () => row('REFUND', 'refusing'),
      (found) => found?.settledAt !== undefined,
    );
    expect([refund?.state, refund?.reason]).toEqual(['skipped', 'parent-not-delivered']);
    expect((await row('SALE', 'refusing'))?.state).toBe('refused');
    expect(told('/refusing')).toEqual(['SALE']);
  });

  it('waits for a sale that the ledger does not know yet', async () => {
    await running.sale({ type: 'REFUND', order: 'H2', amount: '100', at: '1763600009000' });
    await until(
      () => running.ledger.deliveries.findOne({ type: 'REFUND', target: 'healing', state: 'held' }),
      (found) =>
        found !== null &&
        found.parent === undefined &&
        (found.wakeAt?.getTime() ?? 0) < Date.now() + 20_000,
    );
    await running.sale({ type: 'SALE', order: 'H2', amount: '100', at: '1763600000000' });
    await until(
      () => told('/healing').filter((type) => type === 'REFUND').length,
      (count) => count === 2,
      30_000,
    );
    const order = partner
      .bodies()
      .filter((body) => body['order'] === 'H2' && body['remoteSale'] !== undefined);
    expect(order.filter((body) => body['type'] === 'SALE').length).toBeGreaterThan(0);
  }, 60_000);

  it('follows within seconds when another replica has told the sale, however late its own look would be', async () => {
    healed = false;
    await running.sale({ type: 'SALE', order: 'H3', amount: '100', at: '1763600000000' });
    const { deliveries } = running.ledger;
    const sale = await until(
      () => deliveries.findOne({ type: 'SALE', target: 'healing', state: 'retry' }),
      (found) => found !== null,
    );
    await running.sale({ type: 'REFUND', order: 'H3', amount: '100', at: '1763600009000' });
    const held = await until(
      () => deliveries.findOne({ type: 'REFUND', target: 'healing', state: 'held' }),
      (found) => found?.parent !== undefined,
    );
    await deliveries.updateOne(
      { _id: held!._id, state: 'held' },
      { $set: { wakeAt: new Date(Date.now() + 900_000) } },
    );
    await deliveries.updateOne(
      { _id: sale!._id },
      {
        $set: { state: 'delivered', settledAt: new Date(), remoteIds: { id: 'remote-1' } },
        $unset: { wakeAt: 1 },
      },
    );
    healed = true;
    const told = await until(
      () => deliveries.findOne({ _id: held!._id }),
      (found) => found?.state === 'delivered',
    );
    expect(told?.attempts).toBe(1);
    const refund = partner.bodies().findLast(({ order }) => order === 'H3');
    expect(refund).toMatchObject({ type: 'REFUND', remoteSale: 'remote-1' });
  });
});
