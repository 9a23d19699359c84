import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { getQueueToken } from '@nestjs/bull';
import type { Queue } from 'bull';
import { QUEUES } from '../../src/deliver/queue.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { sealToy } from './toys.js';

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" } }
routes:
  - { from: shop, to: one }
`;

describe('roles', () => {
  let stores: TestStores;
  let partner: Partner;
  const open: Running[] = [];

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner((_request, nth) => ({ status: 200, body: `remote-${nth}` }));
  }, 60_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map((running) => running.stop()));
  });

  afterAll(async () => {
    await partner?.close();
    await stores?.stop();
  });

  async function start(role: string, mongodbUri: string): Promise<Running> {
    const where = { mongodbUri, redisUrl: stores.redisUrl };
    const running = await run(where, yaml(partner.url), { env: { WAYBILL_ROLE: role } });
    open.push(running);
    await running.gateway.prepared;
    return running;
  }

  const statusOf = async ({ gateway }: Running, path: string) =>
    (await fetch(`${gateway.url}${path}`)).status;

  const metric = async ({ gateway }: Running, name: string) => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  };

  it('api takes in and leaves the rest to a worker, which has no door', async () => {
    const database = freshDatabase(stores.mongodbUri);
    const api = await start('api', database);
    expect((await api.sale({ type: 'SALE', order: 'R1', amount: '100' })).status).toBe(200);
    const born = await api.ledger.deliveries.findOne();
    expect(born).toMatchObject({ state: 'due', attempts: 0 });
    expect(born).not.toHaveProperty('token');
    // The job is in Redis and stays there: nothing in this process takes it.
    const waiting = async () => {
      const queues = QUEUES.map((name) => api.gateway.app.get<Queue>(getQueueToken(name)));
      const counts = await Promise.all(queues.map((queue) => queue.getWaitingCount()));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await until(waiting, (jobs) => jobs === 1);
    expect(partner.bodies()).toHaveLength(0);

    const worker = await start('worker', database);
    for (const path of ['/livez', '/readyz', '/startupz', '/metrics'])
      expect([path, await statusOf(worker, path)]).toEqual([path, 200]);
    const refused = await worker.post('/in/toy/shop', sealToy({ type: 'SALE', order: 'R2' }));
    expect(refused.status).toBe(404);
    const delivered = () => api.ledger.deliveries.countDocuments({ state: 'delivered' });
    expect((await api.sale({ type: 'SALE', order: 'R3', amount: '100' })).status).toBe(200);
    await until(delivered, (rows) => rows >= 1);
    // Whatever became of the first one's job: the worker sweeps.
    await api.ledger.deliveries.updateOne({ state: 'due' }, { $set: { wakeAt: new Date() } });
    await until(delivered, (rows) => rows === 2);
    const told = partner.bodies().map((body) => String(body['order']));
    expect(told.toSorted()).toEqual(['R1', 'R3']);
    expect(await metric(worker, 'waybill_attempts_total')).toBe(2);
    expect(await metric(api, 'waybill_attempts_total')).toBe(0);
    expect(await metric(api, 'waybill_receipts_total')).toBe(2);
  }, 60_000);

  it('say what they are', async () => {
    const worker = await start('worker', freshDatabase(stores.mongodbUri));
    const text = await (await fetch(`${worker.gateway.url}/metrics`)).text();
    expect(text).toMatch(/^waybill_build_info\{.*role="worker"\} 1$/m);
  }, 60_000);
});
