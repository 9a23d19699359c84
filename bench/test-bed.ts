import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { openAll, type Connection } from './connection.js';
import type { Scenario } from './scenarios.js';
import { freePort, ServerProcess } from './server-process.js';
import type { Sink } from './sink.js';
import type { BenchStores, RunStores } from './stores.js';
import type { Role, Variant } from './variants.js';

/** What to run. */
export interface RunOrder {
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly round: number;
  /** Events of a closed loop. */
  readonly events: number;
  readonly connections: number;
  readonly profile: string | undefined;
}

/** One run's surroundings: its database, its partner, the processes of its server, the loader's connections. */
export class TestBed {
  private readonly live: ServerProcess[] = [];
  private readonly opened: Connection[] = [];
  private started = 0;

  private constructor(
    readonly order: RunOrder,
    readonly stores: BenchStores,
    readonly sink: Sink,
    readonly run: RunStores,
    private readonly dir: string,
  ) {}

  /** With a name, the database is kept for later runs of the same name. */
  static async open(
    order: RunOrder,
    stores: BenchStores,
    sink: Sink,
    kept?: string,
  ): Promise<TestBed> {
    const run = await stores.forRun(kept);
    return new TestBed(order, stores, sink, run, await mkdtemp(path.join(stores.dir, 'run-')));
  }

  /** Milliseconds from the start of the first process to its first `200` at `/readyz`; nothing else starts then. */
  get startMs(): number {
    return this.live[0]?.startMs ?? Number.NaN;
  }

  /** Starts one more process of the server; resolves when it is ready. */
  async start(role: Role): Promise<ServerProcess> {
    this.started += 1;
    const { variant, profile } = this.order;
    const { mongodbUri, redisUrl } = this.run;
    const dir = path.join(this.dir, `process-${this.started}`);
    await mkdir(dir);
    const port = await freePort();
    const place = { role, port, mongodbUri, redisUrl, sinkUrl: this.sink.url, dir: this.dir };
    const env = await variant.prepare(place);
    const server = await ServerProcess.start({ file: variant.file, port, env, dir, profile });
    this.live.push(server);
    return server;
  }

  async connect({ port }: ServerProcess): Promise<readonly Connection[]> {
    const connections = await openAll(port, this.order.connections);
    this.opened.push(...connections);
    return connections;
  }

  /** The end of what the processes wrote, for a person who asks what went wrong. */
  said(): string {
    return this.live.map((server) => server.said()).join('\n');
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    this.sink.release();
    for (const connection of this.opened) connection.close();
    await Promise.all(this.live.map((server) => server.stop()));
    await this.run.drop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
