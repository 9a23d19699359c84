import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { ADMIN_KEY, freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';

const yaml = (url: string) => `
accounts: [{ id: shop, source: toy, credentials: { secret: toy-secret } }]
targets:
  - { id: ill, target: hook, settings: { url: "${url}/ill" }, sockets: 4 }
  - { id: well, target: hook, settings: { url: "${url}/well" }, sockets: 4 }
routes: [{ from: shop, to: [ill, well] }]
`;

/** The windows of the breaker, shrunk: the partner is left alone for two seconds instead of thirty. */
const BREAKER = { openMs: 2000, maxOpenMs: 4000, probeMs: 2000, rampMs: 500 };

describe('a partner that falls ill', () => {
  let stores: TestStores;
  let partner: Partner;
  let replicas: Running[];
  let healed = false;
  const calls: { at: number; ill: boolean }[] = [];

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner((request) => {
      const ill = request.url === '/ill';
      calls.push({ at: Date.now(), ill });
      return ill && !healed ? { status: 500 } : { status: 200, body: 'remote-1' };
    });
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    const start = () => run(place, yaml(partner.url), { breaker: BREAKER });
    replicas = [await start(), await start()];
    await Promise.all(replicas.map((one) => one.gateway.prepared));
  }, 90_000);

  afterAll(async () => {
    for (const one of replicas ?? []) await one.stop();
    await partner?.close();
    await stores?.stop();
  });

  const first = () => replicas[0] as Running;
  const health = async () => {
    const answer = await fetch(`${first().gateway.url}/api/v1/health`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    return (await answer.json()) as {
      status: string;
      openBreakers: string[];
      targets: { id: string; breaker: { state: string; until: string | null } }[];
    };
  };
  const illCalls = () => calls.filter((call) => call.ill).length;
  const sell = async (from: number, count: number) => {
    for (let i = from; i < from + count; i += 1) {
      const one = replicas[i % 2] as Running;
      const { status } = await one.sale({ type: 'SALE', order: `B${i}`, amount: '100' });
      expect(status).toBe(200);
    }
  };
  const logged = () => replicas.flatMap((one) => one.logged).join('');

  it('is left alone, is tried by one request at a time, and gets everything when it is well', async () => {
    await sell(0, 40);
    const open = await until(health, (seen) => seen.openBreakers.length > 0);
    expect([open.status, open.openBreakers]).toEqual(['degraded', ['ill']]);
    expect(logged()).toContain('WB_TARGET_BREAKER_OPEN');
    // What was on its way when it opened has ended after this, and both replicas have heard.
    await until(
      () => logged().split('one delivery tries').length - 1,
      (probes) => probes >= 1,
    );
    const before = illCalls();
    const started = Date.now();
    await sell(40, 40);
    await until(
      () => Date.now() - started,
      (passed) => passed > 5000,
    );
    // Two windows of 1.6 to 4.8 seconds: a probe each, none for the forty that were sold meanwhile.
    expect(illCalls() - before).toBeLessThanOrEqual(4);
    const well = await first().ledger.deliveries.countDocuments({
      target: 'well',
      state: 'delivered',
    });
    expect(well).toBe(80);
    const spent = await first()
      .ledger.deliveries.find({ target: 'ill', attempts: { $gt: 0 } })
      .toArray();
    expect(spent.reduce((sum, row) => sum + row.attempts, 0)).toBeLessThanOrEqual(illCalls());
    healed = true;
    await until(
      () => first().ledger.deliveries.countDocuments({ target: 'ill', state: 'delivered' }),
      (count) => count === 80,
      60_000,
    );
    const orders = partner.received
      .filter((one) => one.url === '/ill')
      .map((one) => (JSON.parse(one.body) as { order: string }).order);
    expect(new Set(orders).size).toBe(80);
    const after = await until(health, (seen) => seen.openBreakers.length === 0);
    expect(after.targets.find(({ id }) => id === 'ill')?.breaker.state).toBe('closed');
    const metrics = await (await fetch(`${first().gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^waybill_breaker_state\{target="ill"\} \d$/m);
  }, 120_000);
});
