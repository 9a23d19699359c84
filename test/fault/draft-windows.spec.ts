import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { credentials, seal } from '../../plugins/activecampaign/fixtures/seal.js';
import { DRAFT_FAULT_POINTS } from '../../src/platform/fault/fault-point.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, until } from '../journey/harness.js';
import { startPartner } from '../journey/partner.js';
import { startChild, untilReady, type ChildGateway } from './child-gateway.js';

const DEALS = 6;

const yaml = (crm: string, partner: string) => `
accounts:
  - { id: crm, source: activecampaign, credentials: { pathToken: ${credentials.pathToken}, apiUrl: "${crm}", apiKey: key-of-the-test } }
targets: [{ id: network, target: tune, settings: { trackingUrl: "${partner}/" } }]
routes: [{ from: crm, to: network }]
`;

/** A won deal as ActiveCampaign tells it on each save: only the time moves. */
const wonDeal = (id: string, minute: number) =>
  seal(
    {
      type: 'deal_update',
      date_time: `2026-11-20T03:${String(10 + minute)}:30-06:00`,
      'deal[id]': id,
      'deal[value_raw]': '49000',
      'deal[currency]': 'usd',
      'deal[status]': '1',
      'contact[fields][click_id]': `click${id}`,
    },
    credentials,
  );

describe('kill -9 between the acknowledgement and the events of a record, then a restart', () => {
  let stores: TestStores;

  beforeAll(async () => {
    stores = await startTestStores();
  }, 60_000);

  afterAll(async () => {
    await stores?.stop();
  });

  it.each(DRAFT_FAULT_POINTS)(
    '%s: every deal is sold once, with the amount that was looked up',
    async (point) => {
      const crm = await startPartner(() => ({
        status: 200,
        body: '{"deal":{"value":"12300","currency":"usd"}}',
      }));
      const partner = await startPartner(() => ({ status: 200, body: 'success=true;' }));
      const mongodbUri = freshDatabase(stores.mongodbUri);
      const env = { MONGODB_URI: mongodbUri, REDIS_URL: stores.redisUrl };
      const config = yaml(crm.url, partner.url);
      let gateway: ChildGateway = await startChild(config, { ...env, WAYBILL_FAULT: `${point}:2` });
      try {
        await untilReady(gateway);
        const send = (id: string, minute: number): Promise<unknown> => {
          const { pathToken, headers, body } = wonDeal(id, minute);
          return until(
            () =>
              fetch(`${gateway.url}/in/activecampaign/crm/${pathToken}`, {
                method: 'POST',
                headers,
                body: new Uint8Array(body),
              }).then(
                ({ status }) => status,
                () => 0,
              ),
            (status) => status === 200,
            60_000,
          );
        };
        const ids = Array.from({ length: DEALS }, (_unused, i) => String(100 + i));
        const sending = Promise.all(ids.map((id) => send(id, 0)));
        // The point must really have been hit, or this run proves nothing.
        expect(await gateway.ended).toBe('SIGKILL');
        gateway = await startChild(config, env);
        await untilReady(gateway);
        await sending;
        // The save that comes after the crash must not hide what the crash held up, nor pay a second time.
        await Promise.all(ids.map((id) => send(id, 5)));
        await expectSoldOnce(mongodbUri, ids);
      } finally {
        gateway.kill('SIGTERM');
        await gateway.ended;
        await crm.close();
        await partner.close();
      }
    },
    180_000,
  );
});

async function expectSoldOnce(uri: string, ids: readonly string[]): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const drafts = connection.collection('drafts');
    await until(
      () => drafts.find({ wakeAt: { $exists: true } }).toArray(),
      (open) => open.length === 0,
      120_000,
    );
    const events = await connection.collection('events').find().toArray();
    const told = events.map((event) => [
      event['type'] as unknown,
      (event['order'] as { id: string }).id,
      (event['revenue'] as { amount: number }).amount,
    ]);
    expect(told.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual(
      ids.map((id) => ['SALE', `deal:${id}`, 12_300]),
    );
    const receipts = connection.collection<{ state: string }>('receipts');
    expect(await receipts.countDocuments({ state: 'pending' })).toBe(0);
    await until(
      () => connection.collection('deliveries').find().toArray(),
      (rows) => rows.length === ids.length && rows.every((row) => row['state'] === 'delivered'),
      60_000,
    );
  } finally {
    await connection.close();
  }
}
