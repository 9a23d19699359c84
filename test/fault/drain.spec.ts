import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, until } from '../journey/harness.js';
import { startPartner, type Partner } from '../journey/partner.js';
import { startChild, untilReady, type ChildGateway } from './child-gateway.js';
import { STRIPE_SECRET, stripeSale } from './stripe-sale.js';

const yaml = (url: string) => `
accounts: [{ id: shop, source: stripe, credentials: { signingSecret: ${STRIPE_SECRET} } }]
targets: [{ id: network, target: tune, settings: { trackingUrl: "${url}/" } }]
routes: [{ from: shop, to: network }]
`;

describe('SIGTERM under load', () => {
  let stores: TestStores;
  let partner: Partner;

  beforeAll(async () => {
    stores = await startTestStores();
    // Slow enough that requests are on their way when the signal comes.
    partner = await startPartner(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { status: 200, body: 'success=true;' };
    });
  }, 60_000);

  afterAll(async () => {
    await partner?.close();
    await stores?.stop();
  });

  const post = (gateway: ChildGateway, order: string): Promise<number> =>
    fetch(`${gateway.url}/in/stripe/shop`, { method: 'POST', ...stripeSale(order) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );

  it('turns unready first, serves on through the delay, exits 0, and leaves no claim behind', async () => {
    const mongodbUri = freshDatabase(stores.mongodbUri);
    const gateway = await startChild(yaml(partner.url), {
      MONGODB_URI: mongodbUri,
      REDIS_URL: stores.redisUrl,
      DRAIN_DELAY: '2',
    });
    await untilReady(gateway);
    let sent = 0;
    const answers: { order: string; status: number; unready: boolean }[] = [];
    let unready = false;
    let ended = false;
    void gateway.ended.then(() => (ended = true));
    const sender = (async () => {
      while (!ended) {
        const order = `pi_drain${(sent += 1)}`;
        answers.push({ order, status: await post(gateway, order), unready });
      }
    })();
    await until(
      () => answers.length,
      (count) => count >= 20,
    );
    gateway.kill('SIGTERM');
    await until(
      () => fetch(`${gateway.url}/readyz`).then((response) => response.status),
      (status) => status === 503,
    );
    unready = true;
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    expect(await gateway.ended).toBe(0);
    await sender;

    // While it drained it still took what the balancer sent; only after the listener closed nobody answered.
    expect(answers.filter((one) => one.unready && one.status === 200).length).toBeGreaterThan(3);
    const firstRefused = answers.findIndex((one) => one.status !== 200);
    expect(answers.slice(firstRefused).every((one) => one.status === 0)).toBe(true);

    const accepted = answers.filter((one) => one.status === 200).map((one) => one.order);
    const connection = await mongoose.createConnection(mongodbUri).asPromise();
    try {
      const rows = await connection.collection('deliveries').find().toArray();
      expect(rows.length).toBeGreaterThanOrEqual(accepted.length);
      expect(rows.filter((row) => row['state'] === 'sending')).toEqual([]);
      expect(rows.filter((row) => Number(row['crashes']) > 0)).toEqual([]);
    } finally {
      await connection.close();
    }

    const next = await startChild(yaml(partner.url), {
      MONGODB_URI: mongodbUri,
      REDIS_URL: stores.redisUrl,
    });
    await untilReady(next);
    const clicks = () =>
      partner.received.map(
        (one) => new URL(one.url, 'http://x').searchParams.get('transaction_id') ?? '',
      );
    await until(
      clicks,
      (seen) => accepted.every((order) => seen.includes(`click${order}`)),
      20_000,
    );
    // A graceful stop repeats nothing on the wire.
    expect(clicks().length).toBe(new Set(clicks()).size);
    next.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  }, 90_000);
});
