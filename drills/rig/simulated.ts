import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { getQueueToken } from '@nestjs/bull';
import type { Queue } from 'bull';
import type { mongo } from 'mongoose';
import { Delivery } from '../../src/deliver/delivery.js';
import type { Lanes } from '../../src/deliver/lanes.js';
import { QUEUES } from '../../src/deliver/queue.js';
import { Replays } from '../../src/deliver/replay.js';
import { Sweeper } from '../../src/deliver/sweeper.js';
import { LANES } from '../../src/deliver/tokens.js';
import type { Gateway } from '../../src/gateway.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';
import { pause, type Check, type DrillContext } from './drill.js';
import { dumpLedger, readEvidence, type Evidence } from './evidence.js';
import { startGatewayHere } from './gateway-here.js';
import { Journal } from './journal.js';
import { judge, type Expectation } from './oracles.js';
import { Partners } from './partner.js';
import { Sender } from './sender.js';
import { DrillStores } from './stores.js';
import { environment, yamlFor } from './configuration.js';

export interface SimulatedOptions {
  /** Partners, one target each; default one, `p0`. */
  readonly partners?: readonly string[];
  /** What a target has beside its URL, as in waybill.yaml. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Replaces the whole configuration file. */
  readonly yaml?: (partnersUrl: string) => string;
}

/** The end of a step that never comes is a fault of the drill or of the gateway; either way it must not hang. */
const QUIET_LIMIT_MS = 120_000;

/**
 * One gateway in this process, on real stores, with partners on a real network, and a clock that only the drill moves: 72
 * hours pass in as long as their attempts take.
 */
export class Simulated {
  /** Places of an empty lane. */
  private readonly emptyRoom: number;

  private constructor(
    readonly dir: string,
    readonly clock: FakeClock,
    readonly stores: DrillStores,
    readonly partners: Partners,
    readonly sender: Sender,
    readonly gateway: Gateway,
    private readonly names: readonly string[],
  ) {
    this.emptyRoom = Math.max(...names.map((name) => this.lanes.room(name)));
  }

  static async start(context: DrillContext, options: SimulatedOptions = {}): Promise<Simulated> {
    const dir = context.dir;
    const data = path.join(dir, 'r0');
    mkdirSync(data, { recursive: true });
    const clock = fakeClock(Date.now());
    const names = options.partners ?? ['p0'];
    const partners = await Partners.open(dir, names, () => clock.now());
    const stores = await DrillStores.start(dir);
    const file = path.join(dir, 'waybill.yaml');
    const yaml =
      options.yaml?.(partners.url) ?? yamlFor(partners.url, names, options.options ?? {});
    await writeFile(file, yaml);
    const env = { ...environment(file, data, stores), PORT: '0' };
    const gateway = await startGatewayHere(env, clock);
    const sender = new Sender(
      dir,
      () => gateway.url,
      undefined,
      () => clock.now(),
    );
    return new Simulated(dir, clock, stores, partners, sender, gateway, names);
  }

  get db(): mongo.Db {
    return this.stores.db;
  }

  private get lanes(): Lanes {
    return this.gateway.app.get<Lanes>(LANES);
  }

  /** A replay of a finished delivery, as the admin API makes it. */
  get replays(): Replays {
    return this.gateway.app.get(Replays);
  }

  /**
   * Resolves when everything that is due at this moment was handed out, sent and settled. Throws when that does not come
   * true. Looks twice, because a claim on its way shows in no count.
   */
  async quiet(): Promise<void> {
    const sweeper = this.gateway.app.get(Sweeper);
    const end = Date.now() + QUIET_LIMIT_MS;
    for (let calm = 0; calm < 2;) {
      const handed = await sweeper.tick();
      calm = handed === 0 && (await this.idle()) ? calm + 1 : 0;
      if (calm === 0) await pause(2);
      if (Date.now() > end) throw new Error(`not quiet: ${this.lanes.load} in the lanes`);
    }
  }

  /** In the order in which a delivery passes: Bull, its lane, its claim. */
  private async idle(): Promise<boolean> {
    const queues = QUEUES.map((name) => this.gateway.app.get<Queue>(getQueueToken(name)));
    const counts = await Promise.all(queues.map((queue) => queue.getJobCounts()));
    if (counts.some(({ active, waiting }) => active + waiting > 0)) return false;
    if (this.lanes.load > 0 || this.names.some((name) => this.occupied(name))) return false;
    const open = { state: 'sending', wakeAt: { $exists: true } };
    return (await this.db.collection('deliveries').findOne(open, { hint: 'wake' })) === null;
  }

  /** A lane with a place taken; one that is shut has none to give at all, and one that probes a single one. */
  private occupied(target: string): boolean {
    const room = this.lanes.room(target);
    return room > 1 && room < this.emptyRoom;
  }

  /** The earliest moment at which an open delivery wants to be looked at, epoch ms; undefined: all are final. */
  async nextDue(): Promise<number | undefined> {
    const times = await Promise.all(
      this.names.map(async (target) => {
        const row = await this.db
          .collection('deliveries')
          .find({ target, wakeAt: { $exists: true } }, { projection: { wakeAt: 1 } })
          .sort({ wakeAt: 1 })
          .limit(1)
          .next();
        return row?.['wakeAt'] instanceof Date ? row['wakeAt'].getTime() : Number.POSITIVE_INFINITY;
      }),
    );
    const next = Math.min(...times);
    return Number.isFinite(next) ? next : undefined;
  }

  /**
   * From due time to due time until `until` (epoch ms) or until nothing is open. `slackMs`: deliveries that are due so
   * closely behind each other share a step; each is late by less than that.
   */
  async passUntil(until: number, slackMs: (now: number) => number): Promise<number> {
    let steps = 0;
    for (;;) {
      await this.quiet();
      const next = await this.nextDue();
      const now = this.clock.now();
      if (next === undefined || next > until || now >= until) break;
      this.clock.set(Math.min(Math.max(next, now) + slackMs(now), until));
      steps += 1;
    }
    if (this.clock.now() < until) this.clock.set(until);
    await this.quiet();
    return steps;
  }

  /** Closes the files, adds the ledger's, and reads all of them back. */
  async evidence(): Promise<Evidence> {
    this.sender.sync();
    this.partners.sync();
    new Journal(path.join(this.dir, 'crashes.ndjson')).close();
    await dumpLedger(this.db, this.dir);
    return readEvidence(this.dir);
  }

  /** L1 to L7 on what is there now; call it once. */
  async judge(expected: Partial<Expectation> = {}): Promise<readonly Check[]> {
    return judge(await this.evidence(), { targets: this.names, ...expected });
  }

  async stop(): Promise<void> {
    // Claims that are still out would be waited for; the stores are thrown away anyway.
    await this.gateway.app.get(Delivery).stop();
    await this.gateway.stop();
    await this.sender.close();
    await this.partners.close();
    await this.stores.stop();
  }
}

/** Runs `work` by a clock of its own and ends everything whatever happens. */
export async function simulated<T>(
  context: DrillContext,
  options: SimulatedOptions,
  work: (sim: Simulated) => Promise<T>,
): Promise<T> {
  const sim = await Simulated.start(context, options);
  try {
    return await work(sim);
  } finally {
    await sim.stop();
  }
}
