import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { readManifest } from '../../platform/archive/manifest.js';
import { startTestStores, type TestStores } from '../../platform/embedded/testing.js';
import { openDatabase, type OpenDatabase } from '../../platform/mongo/open-database.js';
import { withLease } from '../../platform/mongo/lease-lock.js';
import type { Db } from '../../platform/mongo/mongo-store.js';
import { migrate } from '../schema/migrate.js';
import { schemaOf } from '../schema/migrations.js';
import { schemaState } from '../schema/schema-state.js';
import { afterRestore } from './after-restore.js';
import { backUp } from './back-up.js';
import { loadBackup, refuseGateways, refuseUnlessEmpty, release } from './load-backup.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

describe('a backup', () => {
  let stores: TestStores;
  let open: OpenDatabase;
  let db: Db;
  let home: string;
  let dir: string;
  let turn = 0;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    open = await openDatabase(stores.mongodbUri);
    db = open.db;
    home = mkdtempSync(path.join(os.tmpdir(), 'waybill-backup-'));
  }, 60_000);

  afterAll(async () => {
    await open?.close();
    await stores?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await db.dropDatabase();
    turn += 1;
    dir = path.join(home, `b${turn}`);
  });

  const make = () => backUp(open, dir, { build: '1.2.3' });
  async function load(): Promise<void> {
    const manifest = await readManifest(dir);
    await withLease(db, 'migration', { holder: 'here:1' }, async (lock) => {
      await refuseUnlessEmpty(db);
      await loadBackup(db, dir, manifest, lock, () => undefined);
    });
  }
  const after = (more = {}) =>
    afterRestore(db, { upTo: NOW, now: later(5000), hold: false, pause: false, ...more });
  const rows = () => db.collection<{ _id: string }>('deliveries').find().sort({ _id: 1 }).toArray();

  it('brings every document back byte for byte, with the indexes and the version of the build', async () => {
    await migrate(db, { schema: schemaOf(null), build: '1', holder: 'here:1' });
    const { Long, Double, Binary, Decimal128, Int32 } = mongo.BSON;
    const odd = {
      ...{ long: new Long(7), double: new Double(7), int: new Int32(7), big: new Long(0, 1 << 30) },
      ...{ bytes: new Binary(Buffer.from([0, 255])), price: Decimal128.fromString('1.10') },
      ...{ at: NOW, none: null, 'a.b': { z: 1, a: [1, 'x', { y: -0 }] }, text: 'naïve \u0000' },
    };
    const many = Array.from({ length: 2500 }, (_one, n) => ({ n, pad: 'p'.repeat(n % 300) }));
    await db.collection('odd').insertMany([odd, ...many] as mongo.Document[]);
    await db.collection<{ _id: string }>('leases').insertOne({ _id: 'backlog' });
    const raw = () => db.collection('odd').find({}, { raw: true }).sort({ _id: 1 }).toArray();
    const before = await raw();

    const manifest = await make();
    expect(manifest).toMatchObject({ waybill: '1.2.3', schemaVersion: schemaOf(null).version });
    const names = manifest.collections.map(({ collection, documents }) => [collection, documents]);
    expect(names.filter(([, n]) => n !== 0)).toEqual([
      ['migrations', 1],
      ['odd', 2501],
    ]);
    if (process.platform !== 'win32') {
      expect(statSync(path.join(dir, 'odd.bson.gz')).mode & 0o777).toBe(0o600);
      expect(statSync(dir).mode & 0o777).toBe(0o700);
    }
    await db.dropDatabase();
    await load();
    expect((await raw()).map(String)).toEqual(before.map(String));
    expect((await raw()).length).toBe(2501);
  });

  it('is of one moment, although everybody writes on', async () => {
    await db.collection('a').insertOne({ n: 0 });
    await db.collection('b').insertOne({ n: 0 });
    let writing = true;
    let written = 0;
    const writer = (async () => {
      for (; writing; written += 1) {
        // In the order in which they are read, so that a later look at b alone would hold more.
        await db.collection('a').insertOne({ n: written });
        await db.collection('b').insertOne({ n: written });
      }
    })();
    while (written < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    const { collections } = await make();
    writing = false;
    await writer;
    const count = (name: string) =>
      collections.find(({ collection }) => collection === name)?.documents ?? Number.NaN;
    expect(count('a') - count('b')).toBeGreaterThanOrEqual(0);
    expect(count('a') - count('b')).toBeLessThanOrEqual(1);
    expect(count('b')).toBeGreaterThan(20);
  });

  it('goes into an empty directory, and back into an empty database only', async () => {
    await db.collection('a').insertOne({ n: 0 });
    await make();
    await expect(make()).rejects.toMatchObject({ code: 'WB_BACKUP_PLACE' });
    await expect(load()).rejects.toMatchObject({ code: 'WB_RESTORE_NOT_EMPTY' });
    expect(await db.collection('a').countDocuments()).toBe(1);
  });

  it.each<[string, (file: string) => void]>([
    [
      'changed',
      (file) => {
        const bytes = readFileSync(file);
        bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
    ['cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, 20))],
    ['taken away', (file) => rmSync(file)],
    ['without its manifest', (file) => rmSync(path.join(path.dirname(file), 'manifest.json'))],
  ])('that was %s is not loaded', async (_what, harm) => {
    await db.collection('a').insertMany([{ n: 0 }, { n: 1 }]);
    await make();
    harm(path.join(dir, 'a.bson.gz'));
    await db.dropDatabase();
    await expect(load()).rejects.toMatchObject({ code: 'WB_RESTORE_BROKEN' });
    expect(await db.collection('a').countDocuments()).toBe(0);
  });

  it('of which something did not arrive is no restored one', async () => {
    await db.collection('a').insertOne({ n: 0 });
    const manifest = await make();
    const [one] = manifest.collections;
    if (!one) throw new Error('nothing was written');
    const wrong = { ...manifest, collections: [{ ...one, documents: 2 }] };
    await db.dropDatabase();
    const loading = withLease(db, 'migration', { holder: 'here:1' }, (lock) =>
      loadBackup(db, dir, wrong, lock, () => undefined),
    );
    await expect(loading).rejects.toMatchObject({ code: 'WB_RESTORE_BROKEN' });
  });

  it('that is being loaded keeps gateways, backups and a second restore away', async () => {
    await refuseGateways(db);
    expect((await schemaState(db, schemaOf(null))).refused).toContain('restoring');
    await expect(make()).rejects.toMatchObject({ code: 'WB_BACKUP_FAILED' });
    await expect(refuseUnlessEmpty(db)).rejects.toThrow('cut off');
    await release(db);
    await refuseUnlessEmpty(db);
  });

  describe('once it is loaded', () => {
    const row = (id: string, more: object) => ({
      ...{ _id: id, event: 'e', target: 't', at: later(-3_600_000), crashes: 0 },
      ...more,
    });
    const put = (name: string, ...docs: object[]) =>
      db.collection(name).insertMany(docs as mongo.Document[]);

    it('has every open delivery uncertain, since it may have been sent, and no other touched', async () => {
      const wakeAt = later(60_000);
      const done = row('done', { state: 'delivered', settledAt: NOW });
      const asked = row('asked', { state: 'uncertain', reason: 'hold', wakeAt });
      await put(
        'deliveries',
        ...[done, asked],
        row('due', { state: 'due', wakeAt }),
        row('held', { state: 'held', reason: 'parent', parent: 'due', wakeAt }),
        row('sending', { state: 'sending', token: 'x', sentAt: NOW, begun: 'x', wakeAt }),
      );
      expect(await after()).toEqual({ halves: 0, uncertain: 3, paused: [] });
      const uncertain = { state: 'uncertain', unsure: true, wakeAt: later(5000) };
      expect(await rows()).toEqual([
        asked,
        done,
        row('due', uncertain),
        row('held', { parent: 'due', ...uncertain }),
        row('sending', uncertain),
      ]);
    });

    it('waits for a person, and with every target paused, where that is asked for', async () => {
      await put('deliveries', row('due', { state: 'due', wakeAt: NOW }));
      const pause = { hold: true, pause: true };
      expect(await after(pause)).toEqual({ halves: 0, uncertain: 1, paused: ['t'] });
      expect(await rows()).toMatchObject([{ state: 'uncertain', reason: 'hold' }]);
      expect(await after(pause)).toEqual({ halves: 0, uncertain: 0, paused: ['t'] });
      expect(await db.collection('target_states').findOne()).toMatchObject({ paused: true });
    });

    it('has no commit that the backup had cut in half, and every one that was whole', async () => {
      const { deliveryId } = await import('../../platform/ids/ids.js');
      const at = later(-1000);
      const receipt = (id: string, ...eventIds: string[]) => ({
        _id: id,
        at,
        state: 'recorded',
        eventIds,
      });
      const event = (id: string, receiptId: string) => ({
        _id: id,
        at,
        receiptId,
        plan: [{ target: 't' }],
      });
      const delivery = (of: string, more: object = {}) =>
        row(deliveryId(of, 't'), { event: of, at, state: 'delivered', ...more });
      await put(
        'receipts',
        receipt('whole', 'e1'),
        receipt('alone', 'e2'),
        receipt('two', 'e3', 'e4'),
      );
      await put('receipts', { ...receipt('old', 'gone'), at: later(-120_000) });
      await put('receipts', { ...receipt('parked', 'not yet'), state: 'parked' });
      await put('receipts', receipt('rowless', 'e6'));
      await put('events', event('e1', 'whole'), event('e3', 'two'), event('e5', 'no receipt'));
      await put('events', event('e6', 'rowless'));
      await put('deliveries', delivery('e1'), delivery('e3'), delivery('e5'), delivery('e7'));
      await put('drafts', { _id: 'd', receipt: 'no such', since: at });
      expect((await after()).halves).toBe(5);
      const ids = async (name: string) =>
        (await db.collection(name).find().sort({ _id: 1 }).toArray()).map(({ _id }) => String(_id));
      expect(await ids('receipts')).toEqual(['old', 'parked', 'whole']);
      expect(await ids('events')).toEqual(['e1']);
      expect(await ids('deliveries')).toEqual([deliveryId('e1', 't')]);
      expect(await ids('drafts')).toEqual([]);
    });
  });
});
