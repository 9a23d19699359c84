import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { FAULT_POINTS } from '../../src/platform/fault/fault-point.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, until } from '../journey/harness.js';
import { startPartner, type Partner } from '../journey/partner.js';
import { startChild, untilReady, type ChildGateway } from './child-gateway.js';
import { STRIPE_SECRET, stripeSale } from './stripe-sale.js';

const SALES = 12;

/** The points on the way of a plain sale: nothing has to be swept before the crash. The drill D2 hits them all. */
const ON_THE_WAY = FAULT_POINTS.filter((point) => point !== 'after-sweep');

const yaml = (url: string) => `
accounts: [{ id: shop, source: stripe, credentials: { signingSecret: ${STRIPE_SECRET} } }]
targets:
  - { id: network, target: tune, settings: { trackingUrl: "${url}/" } }
  - { id: programme, target: tapfiliate, settings: { apiKey: key-of-the-test, baseUrl: "${url}/1.6/" } }
routes: [{ from: shop, to: [network, programme] }]
`;

/** Both partners on one server: TUNE's postback, Tapfiliate's conversions with their look-up. */
function partners(): Promise<Partner> {
  const conversions = new Map<string, number>();
  return startPartner((request) => {
    if (request.url.startsWith('/aff_lsr')) return { status: 200, body: 'success=true;' };
    const json = { 'content-type': 'application/json' };
    if (request.method === 'GET') {
      const id = new URL(request.url, 'http://x').searchParams.get('external_id') ?? '';
      const known = conversions.get(id);
      const found = known === undefined ? [] : [conversion(known, id)];
      return { status: 200, headers: json, body: JSON.stringify(found) };
    }
    const id = String((JSON.parse(request.body) as { external_id?: unknown }).external_id);
    if (conversions.has(id)) return { status: 409, headers: json, body: '{"message":"duplicate"}' };
    conversions.set(id, conversions.size + 1);
    return { status: 200, headers: json, body: JSON.stringify(conversion(conversions.size, id)) };
  });
}

const conversion = (id: number, external: string) => ({
  id,
  external_id: external,
  amount: 49,
  affiliate: { id: 'aff' },
  commissions: [{ id: id + 1000, amount: 10, approved: null, currency: 'USD' }],
});

/** Sends like a network: tries again on anything but a 2xx. Resolves once acknowledged. */
async function sendUntilAcknowledged(url: () => string, order: string): Promise<void> {
  await until(
    () =>
      fetch(`${url()}/in/stripe/shop`, { method: 'POST', ...stripeSale(order) }).then(
        (response) => response.status,
        () => 0,
      ),
    (status) => status === 200,
    150_000,
  );
}

describe('kill -9 at each crash window, then a restart', () => {
  let stores: TestStores;

  beforeAll(async () => {
    stores = await startTestStores();
  }, 60_000);

  afterAll(async () => {
    await stores?.stop();
  });

  it.concurrent.each(ON_THE_WAY.map((point, i) => [point, i + 1] as const))(
    '%s: nothing is lost and nothing is counted twice',
    async (point, redisDb) => {
      const partner = await partners();
      const mongodbUri = freshDatabase(stores.mongodbUri);
      const env = {
        MONGODB_URI: mongodbUri,
        REDIS_URL: `${stores.redisUrl.replace(/\/\d*$/, '')}/${redisDb}`,
      };
      const config = yaml(partner.url);
      let gateway: ChildGateway = await startChild(config, { ...env, WAYBILL_FAULT: `${point}:2` });
      try {
        await untilReady(gateway);
        const orders = Array.from(
          { length: SALES },
          (_unused, i) => `pi_${point.replaceAll('-', '')}${i}`,
        );
        const sending = Promise.all(
          orders.map(async (order, i) => {
            await new Promise((resolve) => setTimeout(resolve, i * 30));
            await sendUntilAcknowledged(() => gateway.url, order);
          }),
        );
        // The point must really have been hit, or this run proves nothing.
        expect(await gateway.ended).toBe('SIGKILL');
        gateway = await startChild(config, env);
        await untilReady(gateway);
        await sending;
        await expectAllDelivered(mongodbUri, partner, orders);
      } finally {
        gateway.kill('SIGTERM');
        await gateway.ended;
        await partner.close();
      }
    },
    180_000,
  );
});

async function expectAllDelivered(
  uri: string,
  partner: Partner,
  orders: readonly string[],
): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const rows = await until(
      () => connection.collection('deliveries').find().toArray(),
      (found) =>
        found.length === orders.length * 2 && found.every((row) => row['settledAt'] !== undefined),
      100_000,
    );
    expect(new Set(rows.map((row) => String(row['state'])))).toEqual(
      expectedStates(rows.map((row) => String(row['state']))),
    );
    expect(await connection.collection('events').countDocuments()).toBe(orders.length);
    const conversions = partner.received.filter((one) => one.method === 'POST');
    const told = conversions.map((one) =>
      String((JSON.parse(one.body) as { external_id: unknown }).external_id),
    );
    // Asked before any re-send: the programme is told of each order exactly once.
    expect([...told].sort()).toEqual([...new Set(told)].sort());
    expect(new Set(told).size).toBe(orders.length);
    const clicks = partner.received.flatMap((one) =>
      one.url.startsWith('/aff_lsr')
        ? [new URL(one.url, 'http://x').searchParams.get('transaction_id')]
        : [],
    );
    expect(new Set(clicks)).toEqual(new Set(orders.map((order) => `click${order}`)));
    // Repeats on the wire: at most what one process had in flight when it died.
    expect(clicks.length - orders.length).toBeLessThanOrEqual(orders.length);
  } finally {
    await connection.close();
  }
}

/** Only final states that mean: the partner has it. */
const expectedStates = (states: readonly string[]): Set<string> =>
  new Set(states.filter((state) => state === 'delivered' || state === 'duplicate'));
