import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withLease } from '../../src/platform/mongo/lease-lock.js';
import { openDatabase, type OpenDatabase } from '../../src/platform/mongo/open-database.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { until } from '../journey/harness.js';
import { startChild, untilReady } from './child-gateway.js';
import { STRIPE_SECRET, stripeSale } from './stripe-sale.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const KEY = 'wbk_child-admin-key-0123456789';
const yaml =
  'accounts: [{ id: shop, source: stripe, credentials: { signingSecret: "${env:WHSEC}" } }]';

describe('the step that migrates', () => {
  let stores: TestStores;
  let open: OpenDatabase;
  let dir: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    stores = await startTestStores();
    open = await openDatabase(stores.mongodbUri);
    dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-migrate-'));
    env = {
      ...{ NODE_ENV: 'production', DRAIN_DELAY: '0', WHSEC: STRIPE_SECRET },
      ...{ MONGODB_URI: stores.mongodbUri, REDIS_URL: stores.redisUrl },
      ...{ WAYBILL_KEY: 'k'.repeat(32), WAYBILL_ADMIN_KEY: KEY, WAYBILL_DATA: dir },
    };
  }, 60_000);

  afterAll(async () => {
    await open?.close();
    await stores?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The built program with these words, to its end. */
  const main = (...words: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const file = path.join(ROOT, 'dist/src/main.js');
      const options = { cwd: dir, env: { PATH: process.env['PATH'] ?? '', ...env } };
      const child = execFile(process.execPath, [file, ...words], options, (_error, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      );
    });

  const isAt = (version: number) =>
    open.db.collection<{ _id: number }>('migrations').insertOne({ _id: version });

  it('is what a gateway of production waits for; until then it accepts nothing and says why', async () => {
    const child = await startChild(yaml, env);
    const sell = async (): Promise<number> =>
      (await fetch(`${child.url}/in/stripe/shop`, { method: 'POST', ...stripeSale('M1') })).status;
    const health = async (): Promise<unknown> =>
      fetch(`${child.url}/api/v1/health`, { headers: { authorization: `Bearer ${KEY}` } })
        .then((response) => response.json())
        .catch(() => null);
    try {
      await until(
        () => child.output(),
        (text) => text.includes('WB_SCHEMA_BEHIND'),
      );
      expect((await fetch(`${child.url}/readyz`)).status).toBe(503);
      expect(await sell()).toBe(503);
      expect(await health()).toMatchObject({
        status: 'down',
        schema: { version: 0, pending: ['1 first-version'], refused: ['indexes'] },
      });
      expect(await open.db.collection('receipts').countDocuments()).toBe(0);
      expect((await main('--status')).code).toBe(4);

      const { code, out } = await main('--migrate', '--json');
      expect([code, JSON.parse(out)]).toMatchObject([0, { from: 0, to: 1 }]);
      await untilReady(child);
      expect(await sell()).toBe(200);
      expect(await health()).toMatchObject({
        schema: { version: 1, refused: [] },
        mongo: { up: true },
      });
    } finally {
      child.kill('SIGTERM');
      await child.ended;
    }
  }, 60_000);

  it('tells by its exit code how things stand', async () => {
    expect((await main('--migrate')).out).toBe('nothing to do: schema version 1\n');
    const status = await main('--status');
    expect([status.code, status.out]).toEqual([0, expect.stringContaining('may run')]);
    await open.db.collection('deliveries').dropIndex('wake');
    await withLease(open.db, 'migration', { holder: 'there:7' }, async () => {
      const locked = await main('--migrate', '--wait=0');
      expect([locked.code, locked.out]).toEqual([3, 'waiting for there:7\n']);
      expect(locked.err).toContain('WB_MIGRATION_LOCKED');
    });
    expect((await main('--migrate')).out).toContain('index deliveries.wake\n');
    await isAt(3);
    const newer = await main('--migrate');
    expect([newer.code, newer.err]).toEqual([5, expect.stringContaining('WB_SCHEMA_NEWER')]);
    expect((await main('--status')).code).toBe(5);
    expect((await main('--migrat')).code).toBe(1);
  }, 60_000);
});
