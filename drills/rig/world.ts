import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { mongo } from 'mongoose';
import { freePort } from '../../src/platform/embedded/free-port.js';
import { nothingLeaked } from './canaries.js';
import { ADMIN_KEY, environment, HASH_KEY, yamlFor } from './configuration.js';
import { waitFor, type Check, type DrillContext } from './drill.js';
import { dumpLedger, readEvidence, type CrashLine, type Evidence } from './evidence.js';
import { Journal } from './journal.js';
import { judge, type Expectation } from './oracles.js';
import { openPairs, pairsOf } from './open-deliveries.js';
import { Partners } from './partner.js';
import { Replica } from './replica.js';
import { Sender } from './sender.js';
import { DrillStores, type StoreOptions } from './stores.js';
import { CANARY_DOMAIN, SIGNING_SECRET } from './telling.js';

export { ADMIN_KEY };

export interface WorldOptions {
  /** Gateway processes, where the drill is about just so many. */
  readonly replicas?: number;
  /** Gateway processes, unless the command line says how many; default 2. */
  readonly usualReplicas?: number;
  /** Partners, one target each; default one, `p0`. */
  readonly partners?: readonly string[];
  /** What a target has beside its URL, as in waybill.yaml (`sockets`, `ratePerSecond`, `settings`, …). */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly stores?: StoreOptions;
  /** Environment of every replica. */
  readonly env?: Readonly<Record<string, string>>;
  /** Environment of one replica by its number: roles, clocks, faults. */
  readonly envOf?: (replica: number) => Readonly<Record<string, string>>;
  /** Addresses that the gateways see instead of the stores' own: a proxy in between. */
  readonly through?: (stores: DrillStores) => Promise<{ mongodbUri: string; redisUrl: string }>;
  /** What every replica runs instead of the gateway's own main file, under the package's root. */
  readonly entry?: string;
  /** The clock that dates what reaches the partners; default this machine's. */
  readonly now?: () => number;
  /** Environment of the first start only: a crash point that must be gone after it was hit. */
  readonly once?: Readonly<Record<string, string>>;
  /** Replaces the whole configuration file. */
  readonly yaml?: (partnersUrl: string) => string;
}

/** Stores, gateways, partners and a network on one machine, and the files that tell what happened. */
export class World {
  private readonly crashes: Journal<CrashLine>;
  private turn = 0;

  private constructor(
    readonly dir: string,
    readonly stores: DrillStores,
    readonly partners: Partners,
    readonly replicas: readonly Replica[],
    private readonly names: readonly string[],
    now?: () => number,
  ) {
    this.crashes = new Journal(path.join(dir, 'crashes.ndjson'));
    this.sender = new Sender(dir, () => this.nextUrl(), undefined, now);
  }

  readonly sender: Sender;
  /** Where the network sends instead of to the replicas in turn: a balancer in front of them. */
  entrance: string | undefined;

  /** Starts everything; resolves when all replicas are ready. */
  static async start(context: DrillContext, options: WorldOptions = {}): Promise<World> {
    const { dir } = context;
    mkdirSync(dir, { recursive: true });
    const names = options.partners ?? ['p0'];
    const partners = await Partners.open(dir, names, options.now);
    const stores = await DrillStores.start(dir, options.stores);
    const address = (await options.through?.(stores)) ?? stores;
    const file = path.join(dir, 'waybill.yaml');
    await writeFile(
      file,
      options.yaml?.(partners.url) ?? yamlFor(partners.url, names, options.options ?? {}),
    );
    const replicas = await replicasOf(context, options, (i) =>
      environment(file, path.join(dir, `r${i}`), address),
    );
    const world = new World(dir, stores, partners, replicas, names, options.now);
    try {
      await Promise.all(replicas.map((replica) => replica.start(options.once)));
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  /** A plain round robin over all replicas, the dead ones included: the network's requests hit a dying process, too. */
  nextUrl(): string {
    if (this.entrance !== undefined) return this.entrance;
    this.turn += 1;
    return this.replicas[this.turn % this.replicas.length]?.url ?? '';
  }

  replica(i: number): Replica {
    const found = this.replicas[i];
    if (!found) throw new Error(`no replica ${i}`);
    return found;
  }

  /** kill -9, with the deliveries that the ledger shows as claimed right after it. */
  async crash(i: number): Promise<void> {
    const replica = this.replica(i);
    await replica.crash();
    await this.noteCrash(`kill -9 ${replica.name}`);
  }

  /** Writes down which deliveries are claimed now: only these may be heard again. */
  async noteCrash(what: string): Promise<void> {
    const claimed = await pairsOf(this.stores.db, { state: 'sending' });
    this.crashes.add({ at: Date.now(), what, claimed });
  }

  /**
   * A store or a connection was hurt: outcomes and claims on their way may be lost, so every open delivery counts as
   * claimed. `before`: those that were open just before the harm.
   */
  async noteTrouble(what: string, before: readonly string[] = []): Promise<void> {
    const claimed = [...new Set([...before, ...(await openPairs(this.stores.db))])];
    this.crashes.add({ at: Date.now(), what, claimed });
  }

  /** Every event has its rows and every row is final; false when that did not come true in time. */
  settled(limitMs: number): Promise<boolean> {
    const { db } = this.stores;
    return waitFor(
      async () => {
        const open = await db
          .collection('deliveries')
          .findOne({ wakeAt: { $exists: true } }, { hint: 'wake', projection: { _id: 1 } });
        if (open !== null) return false;
        const [events, rows] = [
          await db.collection('events').countDocuments(),
          await db.collection('deliveries').countDocuments({ replayOf: { $exists: false } }),
        ];
        return rows === events * this.names.length;
      },
      limitMs,
      250,
    );
  }

  /** No delivery to these targets is open; false when that did not come true in time. */
  reached(targets: readonly string[], limitMs: number): Promise<boolean> {
    return this.noneOpen({ target: { $in: [...targets] } }, limitMs);
  }

  /** No delivery that this filter finds is open; false when that did not come true in time. */
  noneOpen(filter: mongo.Filter<mongo.Document>, limitMs: number): Promise<boolean> {
    const open = { ...filter, wakeAt: { $exists: true } };
    const rows = this.stores.db.collection('deliveries');
    return waitFor(
      async () => (await rows.findOne(open, { projection: { _id: 1 } })) === null,
      limitMs,
    );
  }

  /** Closes the files, adds the ledger's, and reads all of them back. */
  async evidence(): Promise<Evidence> {
    this.sender.sync();
    this.partners.sync();
    this.crashes.sync();
    await dumpLedger(this.stores.db, this.dir);
    return readEvidence(this.dir);
  }

  /** L1 to L8 on what is there now. Call it once, when `settled` said yes or its time is up. */
  async judge(expected: Partial<Expectation> = {}): Promise<readonly Check[]> {
    const checks = judge(await this.evidence(), { targets: this.names, ...expected });
    return [...checks, this.leaks()];
  }

  /** L8. */
  leaks(): Check {
    return nothingLeaked(
      {
        'personal data': CANARY_DOMAIN,
        'the signing secret': SIGNING_SECRET,
        'the admin key': ADMIN_KEY,
        'the hash key': HASH_KEY,
      },
      {
        files: this.replicas.map(({ log }) => log),
        dirs: [path.join(this.dir, 'stores/redis/data')],
        texts: this.sender.errorBodies,
      },
    );
  }

  /** A call of the admin API of one replica. */
  async admin(
    i: number,
    method: string,
    where: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.replica(i).url}/api/v1${where}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Ends everything that this world started. */
  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.crash()));
    await this.sender.close();
    await this.partners.close();
    this.crashes.close();
    await this.stores.stop();
  }
}

async function replicasOf(
  context: DrillContext,
  options: WorldOptions,
  ownOf: (replica: number) => Readonly<Record<string, string>>,
): Promise<readonly Replica[]> {
  const count = options.replicas ?? context.replicas ?? options.usualReplicas ?? 2;
  const replicas: Replica[] = [];
  for (let i = 0; i < count; i += 1) replicas.push(await replicaOf(i, context, options, ownOf(i)));
  return replicas;
}

async function replicaOf(
  i: number,
  { dir, root }: DrillContext,
  { env, envOf, entry }: WorldOptions,
  own: Readonly<Record<string, string>>,
): Promise<Replica> {
  return new Replica({
    name: `r${i}`,
    root,
    dir: path.join(dir, `r${i}`),
    port: await freePort(),
    env: { ...own, ...env, ...envOf?.(i) },
    ...(entry === undefined ? {} : { entry }),
  });
}
