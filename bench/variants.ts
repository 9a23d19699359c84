import path from 'node:path';
import type { mongo } from 'mongoose';
import { gatewayConfig } from './gateway-config.js';
import { targetOf } from './scenarios.js';

/** What the database must say about a finished run. */
export interface Books {
  readonly events: number;
  /** Deliveries with the partner's yes on record. */
  readonly delivered: number;
}

/** What a process does: takes requests, delivers, or both. */
export type Role = 'api' | 'worker' | 'all';

/** Where a server of ours finds everything. */
export interface Surroundings {
  readonly role: Role;
  readonly port: number;
  readonly mongodbUri: string;
  readonly redisUrl: string;
  readonly sinkUrl: string;
  /** The run's own directory, removed afterwards. */
  readonly dir: string;
}

/** A server to measure. All take the same signed bodies at `/in/stripe/<account>` and call the same sink. */
export interface Variant {
  readonly name: string;
  readonly title: string;
  /** Built file, relative to the root of the package. */
  readonly file: string;
  /** Environment of the process; may write files into `dir`. */
  prepare(place: Surroundings): Promise<Readonly<Record<string, string>>>;
  /** Deliveries that still wait for their outcome: any is enough. */
  unsettled(db: mongo.Db, targets: number): Promise<boolean>;
  books(db: mongo.Db, targets: number): Promise<Books>;
}

const stores = ({ port, mongodbUri, redisUrl }: Surroundings): Record<string, string> => ({
  PORT: String(port),
  MONGODB_URI: mongodbUri,
  REDIS_URL: redisUrl,
});

const floor = (place: Surroundings): Promise<Record<string, string>> =>
  Promise.resolve({ ...stores(place), ROLE: place.role, SINK_URL: place.sinkUrl });

/** Delivery rows with `wakeAt` until they are final: Waybill's own shape, which `ids` shares. */
const rows: Pick<Variant, 'unsettled' | 'books'> = {
  async unsettled(db) {
    const open = { wakeAt: { $exists: true } };
    return (await db.collection('deliveries').findOne(open, { hint: 'wake' })) !== null;
  },
  async books(db) {
    return {
      events: await db.collection('events').countDocuments(),
      delivered: await db.collection('deliveries').countDocuments({ state: 'delivered' }),
    };
  },
};

/** `plain` and `batch` keep the outcome of each delivery on the event itself. */
const marks: Pick<Variant, 'unsettled' | 'books'> = {
  async unsettled(db, targets) {
    const open = targetNames(targets).map((name) => ({ [`deliveries.${name}`]: 'due' }));
    return open.length > 0 && (await db.collection('events').findOne({ $or: open })) !== null;
  },
  async books(db, targets) {
    const events = db.collection('events');
    let delivered = 0;
    for (const name of targetNames(targets)) {
      delivered += await events.countDocuments({ [`deliveries.${name}`]: 'delivered' });
    }
    return { events: await events.countDocuments(), delivered };
  },
};

const targetNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => targetOf(index));

export const VARIANTS: readonly Variant[] = [
  {
    name: 'waybill',
    title: 'Waybill as shipped, logs on',
    file: 'dist/src/main.js',
    async prepare(place) {
      return {
        ...stores(place),
        HOST: '127.0.0.1',
        WAYBILL_ROLE: place.role,
        WAYBILL_CONFIG: await gatewayConfig(place),
        WAYBILL_DATA: path.join(place.dir, 'data'),
        WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
        WAYBILL_LOG_LEVEL: 'info',
        DRAIN_DELAY: '0',
      };
    },
    ...rows,
  },
  {
    name: 'ids',
    title: 'bare floor: the same shape without framework, plugins, logs',
    file: 'dist/bench/floors/ids.js',
    prepare: floor,
    ...rows,
  },
  {
    name: 'batch',
    title: 'bare floor: group commit, the requests themselves in one job per group and target',
    file: 'dist/bench/floors/batch.js',
    prepare: floor,
    ...marks,
  },
  {
    name: 'insert',
    title: 'bare floor: group commit of one document per event, no delivery',
    file: 'dist/bench/floors/insert.js',
    prepare: floor,
    ...marks,
  },
  {
    name: 'plain',
    title: 'bare floor: one insert, one job and one update per event',
    file: 'dist/bench/floors/plain.js',
    prepare: floor,
    ...marks,
  },
];
