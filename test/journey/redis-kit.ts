import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findBinary } from '../../src/platform/embedded/find-binary.js';
import { freePort } from '../../src/platform/embedded/free-port.js';
import { onRedis } from '../../src/platform/embedded/testing-clients.js';
import { until } from './harness.js';

export const REDIS_PASSWORD = 'redis-password-1';

/** A redis-server of this test's own, with any configuration. */
class Server {
  constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  get url(): string {
    return `redis://:${REDIS_PASSWORD}@127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** A node of a cluster also listens 10,000 ports above its own. */
async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + 10_000 < 65_536) return port;
  }
}

/** Real redis-servers put together in other ways than one alone. */
export class RedisTopology {
  private readonly servers: Server[] = [];
  private constructor(
    private readonly dir: string,
    private readonly program: string,
  ) {}

  private static async open(): Promise<RedisTopology> {
    const { path: program } = await findBinary('redis-server', {
      env: process.env,
      log: () => undefined,
    });
    return new RedisTopology(mkdtempSync(path.join(os.tmpdir(), 'waybill-redis-')), program);
  }

  private async start(lines: readonly string[], ...args: readonly string[]): Promise<Server> {
    const port = await portWithBus();
    const dir = path.join(this.dir, String(port));
    mkdirSync(dir);
    const file = path.join(dir, 'redis.conf');
    const own = [`port ${port}`, 'bind 127.0.0.1', `dir "${dir}"`, `requirepass ${REDIS_PASSWORD}`];
    writeFileSync(file, [...own, ...lines, ''].join('\n'));
    const server = new Server(port, spawn(this.program, [file, ...args], { stdio: 'ignore' }));
    this.servers.push(server);
    const ping = () => onRedis(server.url, (redis) => redis.ping()).catch(() => 'no');
    await until(ping, (said) => said === 'PONG');
    return server;
  }

  /** A cluster of one node that holds all slots. */
  static async cluster(): Promise<{ url: string; node: Server; stop: () => Promise<void> }> {
    const topology = await RedisTopology.open();
    // Alone it has met nobody who could tell it its own address.
    const lines = [
      'cluster-enabled yes',
      'cluster-announce-ip 127.0.0.1',
      'save ""',
      'maxmemory-policy noeviction',
    ];
    const node = await topology.start(lines);
    const slots = Array.from({ length: 16_384 }, (_unused, slot) => slot);
    await onRedis(node.url, (redis) => redis.cluster('ADDSLOTS', ...slots));
    await until(
      () => onRedis(node.url, (redis) => redis.cluster('INFO')),
      (info) => info.includes('cluster_state:ok'),
    );
    const url = `redis+cluster://:${REDIS_PASSWORD}@127.0.0.1:${node.port}`;
    return { url, node, stop: () => topology.stop() };
  }

  /** A master, a replica, and a Sentinel that promotes it half a second after the master was last heard. */
  static async watched(): Promise<{
    url: string;
    master: Server;
    replica: Server;
    stop: () => Promise<void>;
  }> {
    const topology = await RedisTopology.open();
    const common = ['save ""', 'maxmemory-policy noeviction', `masterauth ${REDIS_PASSWORD}`];
    const master = await topology.start([...common, 'repl-diskless-sync-delay 0']);
    const replica = await topology.start([...common, `replicaof 127.0.0.1 ${master.port}`]);
    await until(
      () => onRedis(replica.url, (redis) => redis.info('replication')),
      (info) => info.includes('master_link_status:up'),
    );
    const sentinel = await topology.start(
      [
        `sentinel monitor main 127.0.0.1 ${master.port} 1`,
        `sentinel auth-pass main ${REDIS_PASSWORD}`,
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 3000',
      ],
      '--sentinel',
    );
    await until(
      () => onRedis(sentinel.url, (redis) => redis.call('SENTINEL', 'replicas', 'main')),
      (known) => JSON.stringify(known).includes(`"${replica.port}"`),
      20_000,
    );
    const url = `redis+sentinel://:${REDIS_PASSWORD}@127.0.0.1:${sentinel.port}/main?sentinelPassword=${REDIS_PASSWORD}`;
    return { url, master, replica, stop: () => topology.stop() };
  }

  private async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    rmSync(this.dir, { recursive: true, force: true });
  }
}
