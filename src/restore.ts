import path from 'node:path';
import { parseArgs } from 'node:util';
import { errand, UsageError } from './errand.js';
import { afterRestore } from './ledger/backup/after-restore.js';
import {
  loadBackup,
  refuseGateways,
  refuseUnlessEmpty,
  release,
} from './ledger/backup/load-backup.js';
import { migrateLocked, MIGRATION_LOCK, SchemaError } from './ledger/schema/migrate.js';
import { schemaOptions } from './ledger/schema/schema-options.js';
import { readManifest, type Manifest } from './platform/archive/manifest.js';
import type { ProcessConfig } from './platform/config/index.js';
import { withLease } from './platform/mongo/lease-lock.js';
import type { Db } from './platform/mongo/mongo-store.js';
import type { OpenDatabase } from './platform/mongo/open-database.js';

const USAGE = `usage: npm run restore -- --from DIR [--hold] [--pause] [--json]
       npm run restore -- --loaded-by-hand --up-to TIME [--hold] [--pause] [--json]
Loads a backup into an empty database, or makes one that mongorestore has loaded fit to go on from.
--hold: open deliveries wait for a person. --pause: every target waits until it is resumed.`;

interface Order {
  /** Undefined: the data is there already. */
  readonly from: string | undefined;
  readonly upTo: string | undefined;
  readonly hold: boolean;
  readonly pause: boolean;
  readonly json: boolean;
}

function read(args: readonly string[]): Order {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ from: { type: 'string' }, 'up-to': { type: 'string' } },
        ...{ 'loaded-by-hand': { type: 'boolean', default: false } },
        ...{
          hold: { type: 'boolean', default: false },
          pause: { type: 'boolean', default: false },
        },
        json: { type: 'boolean', default: false },
      } as const,
    });
    const byHand = values['loaded-by-hand'];
    const upTo = values['up-to'];
    if (byHand === (values.from !== undefined)) throw new Error('give --from or --loaded-by-hand');
    if (byHand === (upTo === undefined)) throw new Error('--up-to goes with --loaded-by-hand');
    if (upTo !== undefined && Number.isNaN(Date.parse(upTo)))
      throw new Error('--up-to is no time, such as 2026-11-20T10:00:00Z');
    const from = values.from === undefined ? undefined : path.resolve(values.from);
    return { from, upTo, hold: values.hold, pause: values.pause, json: values.json };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function refuseNewer({ schemaVersion }: Manifest, known: number): void {
  if (schemaVersion <= known + 1) return;
  const what = `the backup has schema version ${schemaVersion}, this build knows ${known}`;
  throw new SchemaError('WB_SCHEMA_NEWER', what);
}

/** Loads under the lock of migrations, behind a mark that every gateway obeys; the mark goes when all is done. */
async function restore({ db }: OpenDatabase, config: ProcessConfig, order: Order): Promise<object> {
  const say = order.json ? () => undefined : print;
  const schema = schemaOptions(config);
  const manifest = order.from === undefined ? undefined : await readManifest(order.from);
  if (manifest) refuseNewer(manifest, schema.schema.version);
  return withLease(db, MIGRATION_LOCK, { holder: schema.holder, waitMs: 60_000 }, async (lock) => {
    if (manifest && order.from !== undefined) {
      await refuseUnlessEmpty(db);
      await refuseGateways(db);
      await loadBackup(db, order.from, manifest, lock, say);
    }
    const upTo = new Date(manifest?.upTo ?? order.upTo ?? Number.NaN);
    const done = await afterRestore(db, { ...order, upTo, now: await clockOf(db) });
    if (manifest) await release(db);
    const { to } = await migrateLocked(db, lock, { ...schema, say });
    return { upTo: upTo.toISOString(), schemaVersion: to, ...done };
  });
}

async function clockOf(db: Db): Promise<Date> {
  return (await db.command({ hello: 1 }))['localTime'] as Date;
}

await errand(USAGE, read, async (open, order, config) => {
  const began = performance.now();
  const done = await restore(open, config, order);
  const ms = Math.round(performance.now() - began);
  if (order.json) return print(JSON.stringify({ ...done, ms }));
  for (const [what, value] of Object.entries(done)) print(`${what}: ${String(value)}`);
  print(`done in ${ms} ms: start the gateways`);
});
