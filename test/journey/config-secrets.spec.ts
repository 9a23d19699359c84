import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigStore } from '../../src/accounts/live/config-store.js';
import { SecretKeyError } from '../../src/accounts/live/canary.js';
import { run, until } from './harness.js';
import { ask, FILE, KEY_A, KEY_B, Pair, type Json } from './config-kit.js';

const SECRET = 'typed-in-secret-0815';

describe('stored secrets', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await Pair.start({ MY_SHOP_SECRET: 'from-the-environment-1' });
    await pair.put('accounts/shop', { source: 'toy', credentials: { secret: SECRET } });
  }, 90_000);

  afterAll(() => pair?.stop());

  const sale = (order: string) => ({ type: 'SALE', order });

  it('stay as they are when their mask is sent back, and change when something else is', async () => {
    const read = await pair.api('GET', '/config/accounts/shop');
    expect(read.json['data']).toEqual({
      id: 'shop',
      source: 'toy',
      credentials: { secret: '••••••' },
    });
    const same = await pair.api('PUT', `/config/accounts/shop?version=${read.json['version']}`, {
      ...read.json['data'],
      publicUrl: 'https://hooks.example.com/shop',
    });
    expect([same.status, same.json['changes'][0].secretsChanged]).toEqual([200, false]);
    expect((await pair.sell(pair.one, 'shop', sale('S1'), SECRET)).status).toBe(200);
    const other = await pair.api(
      'PUT',
      '/config/accounts/unmasked',
      read.json['data'] && { source: 'toy', credentials: { secret: '••••••' } },
    );
    expect([other.status, other.json['faults']]).toEqual([
      422,
      [
        {
          field: 'accounts.unmasked.credentials.secret',
          rule: expect.stringContaining('is a mask'),
        },
      ],
    ]);
  });

  it('may be references, but none to what the gateway itself is locked with', async () => {
    await pair.put('accounts/referred', {
      source: 'toy',
      credentials: { secret: '${env:MY_SHOP_SECRET}' },
    });
    expect(
      (await pair.sell(pair.one, 'referred', sale('R1'), 'from-the-environment-1')).status,
    ).toBe(200);
    const shown = await pair.api('GET', '/config/accounts/referred');
    expect(shown.json['data'].credentials).toEqual({ secret: '${env:MY_SHOP_SECRET}' });
    for (const reference of [
      '${env:WAYBILL_ADMIN_KEY}',
      '${env:MONGODB_URI}',
      '${env:WAYBILL_SECRET_KEYS}',
      '${file:/etc/passwd}',
      '${file:waybill.yaml}',
    ]) {
      const { status, json } = await pair.api('PUT', '/config/accounts/thief', {
        source: 'toy',
        credentials: { secret: reference },
      });
      expect([reference, status, json['faults'][0].rule]).toEqual([
        reference,
        422,
        expect.stringContaining('must not reference'),
      ]);
    }
  });

  it('of one object do not open as those of another', async () => {
    const store = pair.one.gateway.app.get(ConfigStore, { strict: false });
    await pair.put('accounts/victim', {
      source: 'toy',
      credentials: { secret: 'victims-secret-1' },
    });
    const victim = await store.lastState('accounts', 'victim');
    const thief = await pair.put('accounts/swapped', {
      source: 'toy',
      credentials: { secret: 'thieves-secret-1' },
    });
    const mine = await store.lastState('accounts', 'swapped');
    await pair.settled(thief);
    await store.objects.updateOne(
      { _id: mine?._id ?? '' },
      { $set: { secrets: victim?.secrets ?? [], ...(victim?.key ? { key: victim.key } : {}) } },
    );
    // A fresh process has opened nothing yet.
    const third = await run({ mongodbUri: pair.mongodbUri, redisUrl: pair.redisUrl }, FILE, {
      env: { WAYBILL_SECRET_KEYS: KEY_A, MY_SHOP_SECRET: 'x1234567' },
    });
    const ready = third.gateway.prepared.then(
      () => 'ready',
      () => 'refused',
    );
    await until(
      () => third.logged.some((line) => line.includes('does not open')),
      (seen) => seen,
    );
    const sold = await pair.sell(third, 'swapped', sale('X1'), 'victims-secret-1');
    expect(sold.status).toBe(503);
    await store.objects.updateOne(
      { _id: mine?._id ?? '' },
      { $set: { secrets: mine?.secrets ?? [], ...(mine?.key ? { key: mine.key } : {}) } },
    );
    expect(await ready).toBe('ready');
    await third.stop();
  });

  it('move to a new key without being decrypted and written anew, and the old key may go', async () => {
    const both = { mongodbUri: pair.mongodbUri, redisUrl: pair.redisUrl };
    const env = { MY_SHOP_SECRET: 'from-the-environment-1' };
    await pair.two.stop();
    pair.two = await run(both, FILE, { env: { ...env, WAYBILL_SECRET_KEYS: `${KEY_B},${KEY_A}` } });
    await pair.two.gateway.prepared;
    const before = await ask(pair.two, 'GET', '/config/secrets');
    expect(before.json).toMatchObject({
      newest: 'b',
      shared: true,
      used: [{ id: 'a', here: true }],
    });
    const done = await ask(pair.two, 'POST', '/config/secrets/rewrap');
    expect([done.status, done.json]).toEqual([
      200,
      { key: 'b', rewrapped: before.json['used'][0].objects },
    ]);
    expect((await ask(pair.two, 'POST', '/config/secrets/rewrap')).json['rewrapped']).toBe(0);
    await pair.two.stop();
    pair.two = await run(both, FILE, { env: { ...env, WAYBILL_SECRET_KEYS: KEY_B } });
    await pair.two.gateway.prepared;
    expect((await pair.sell(pair.two, 'shop', sale('B1'), SECRET)).status).toBe(200);
    for (const [keys, why] of [
      [KEY_A, /under the key "b"/],
      [`b:${Buffer.alloc(32, 9).toString('base64')}`, /the key "b" is not the one/],
      [undefined, /WB_SECRET_KEY: .*WAYBILL_SECRET_KEYS/],
    ] as const) {
      const wrong = await run(both, FILE, {
        env: { ...env, ...(keys === undefined ? {} : { WAYBILL_SECRET_KEYS: keys }) },
      });
      const error: unknown = await wrong.gateway.prepared.catch((thrown: unknown) => thrown);
      expect([error instanceof SecretKeyError, String(error)]).toEqual([
        true,
        expect.stringMatching(why),
      ]);
      await wrong.stop();
    }
  }, 60_000);

  it('change with an overlap: both are accepted for a while, and each receipt says which matched', async () => {
    const first = await pair.ask(pair.two, 'PUT', '/config/accounts/turning', {
      body: { source: 'toy', credentials: { secret: 'older-secret-1' } },
    });
    const added = await pair.ask(
      pair.two,
      'POST',
      `/config/accounts/turning/credentials?version=${first.json['version']}`,
      {
        body: { id: 'fresh', value: { secret: 'newer-secret-1' }, overlapHours: 48 },
      },
    );
    expect(added.status).toBe(200);
    const { json } = await ask(pair.two, 'GET', '/config/accounts/turning');
    const [fresh, old] = json['data'].credentials as Json[];
    expect([
      fresh?.['id'],
      old?.['id'],
      fresh?.['secret'],
      old?.['notAfter'] === undefined,
    ]).toEqual(['fresh', 'current', '••••••', false]);
    expect(
      Math.abs(Date.parse(old?.['notAfter'] as string) - Date.now() - 48 * 3_600_000),
    ).toBeLessThan(60_000);
    for (const [secret, name] of [
      ['newer-secret-1', 'fresh'],
      ['older-secret-1', 'current'],
    ] as const) {
      const sold = await pair.sell(pair.two, 'turning', sale(`turn-${name}`), secret);
      const receipt = (JSON.parse(sold.body) as { receipt: string }).receipt;
      expect((await ask(pair.two, 'GET', `/receipts/${receipt}`)).json['credential']).toBe(name);
    }
    const gone = await pair.ask(
      pair.two,
      'DELETE',
      `/config/accounts/turning/credentials/current?version=${added.json['version']}`,
    );
    expect(gone.status).toBe(200);
    expect((await pair.sell(pair.two, 'turning', sale('turn-3'), 'older-secret-1')).status).toBe(
      401,
    );
    const last = await pair.ask(
      pair.two,
      'DELETE',
      `/config/accounts/turning/credentials/fresh?version=${gone.json['version']}`,
    );
    expect([last.status, last.json['faults'][0].rule]).toEqual([
      422,
      'must hold at least one set of credentials',
    ]);
    const ended = await pair.ask(
      pair.two,
      'POST',
      `/config/accounts/turning/credentials?version=${gone.json['version']}`,
      {
        body: { value: { secret: 'newest-secret-1' }, overlapHours: 0 },
      },
    );
    expect(ended.status).toBe(200);
    expect((await pair.sell(pair.two, 'turning', sale('turn-4'), 'newer-secret-1')).status).toBe(
      401,
    );
    expect((await pair.sell(pair.two, 'turning', sale('turn-4'), 'newest-secret-1')).status).toBe(
      200,
    );
  });
});
