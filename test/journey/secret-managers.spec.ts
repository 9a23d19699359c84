import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveConfiguration } from '../../src/accounts/live/live-configuration.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { answer, listen, type Loopback } from '../../src/platform/http/loopback.fixture.js';
import { secretResolvers } from '../../src/platform/secrets/resolvers.js';
import { freshDatabase, run, type Running } from './harness.js';
import { ask } from './config-kit.js';
import { sealToy } from './toys.js';

const FILE = `
accounts:
  - { id: shop, source: toy, credentials: { secret: '\${aws:shop/toy#secret}' } }
`;

describe('secrets in a manager', () => {
  let stores: TestStores;
  let manager: Loopback;
  let running: Running;
  let secret = 'first-secret-0001';
  let away = false;
  let now = Date.now();
  const stale: string[] = [];

  beforeAll(async () => {
    stores = await startTestStores();
    manager = await listen((socket, { body }) => {
      const known = body.toString() === '{"SecretId":"shop/toy"}';
      if (away || !known) socket.write(answer(400, '{"__type":"ResourceNotFoundException"}'));
      else socket.write(answer(200, JSON.stringify({ SecretString: JSON.stringify({ secret }) })));
    });
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    const resolvers = secretResolvers({
      config: { vault: null, secretRefreshMs: 300_000 },
      env: {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'aws-secret-access-key-1',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.origin,
      },
      now: () => now,
      onStale: (reference) => stale.push(reference),
    });
    running = await run(place, FILE, { resolvers });
    await running.gateway.prepared;
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await manager?.close();
    await stores?.stop();
  });

  let orders = 0;
  const sell = async (with_: string) => {
    orders += 1;
    const sale = sealToy({ type: 'SALE', order: `M${orders}` }, with_);
    return (await running.post('/in/toy/shop', sale)).status;
  };
  const renew = () => {
    now += 300_000;
    return running.gateway.app.get(LiveConfiguration).renew();
  };

  it('prove the network from the start, and a changed one from the next look on', async () => {
    expect(await sell('first-secret-0001')).toBe(200);
    secret = 'second-secret-0002';
    expect(await sell('second-secret-0002')).toBe(401);
    await renew();
    expect(await sell('second-secret-0002')).toBe(200);
    expect(await sell('first-secret-0001')).toBe(401);
    expect(running.logged.join('')).not.toMatch(/first-secret|second-secret|access-key-1/);
  });

  it('stay as they were while the manager does not give them', async () => {
    away = true;
    await renew();
    expect(await sell('second-secret-0002')).toBe(200);
    expect(stale).toEqual(['aws:shop/toy#secret']);
    away = false;
  });

  it('that cannot be had refuse the change that names them, with the reference and the reason', async () => {
    const put = (name: string) =>
      ask(running, 'PUT', '/config/accounts/other?version=1', {
        body: { source: 'toy', credentials: { secret: `\${aws:${name}}` } },
      });
    const refused = await put('shop/none#secret');
    expect([refused.status, refused.json['faults']]).toEqual([
      422,
      [
        {
          field: 'accounts.other.credentials.secret',
          rule: 'needs shop/none#secret from AWS Secrets Manager, which says ResourceNotFoundException (400)',
        },
      ],
    ]);
    expect((await put('shop/toy#secret')).status).toBe(200);
    const read = await ask(running, 'GET', '/config/accounts/other');
    expect(read.text).not.toContain('second-secret');
  });

  it('may not be the gateway’s own keys for the manager', async () => {
    const { status, json } = await ask(running, 'PUT', '/config/accounts/thief?version=2', {
      body: { source: 'toy', credentials: { secret: '${env:AWS_SECRET_ACCESS_KEY}' } },
    });
    expect([status, json['faults'][0].rule]).toEqual([
      422,
      expect.stringContaining('must not reference AWS_SECRET_ACCESS_KEY'),
    ]);
  });
});
