import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { prepareReplicaSet, REPLICA_SET, USER } from './replica-set.js';
import { secretFromFile } from './secret-file.js';
import type { StoreKind } from './store-process.js';

/** What can be chosen about an embedded mongod. */
export interface MongodOptions {
  readonly dir: string;
  readonly version: string;
  readonly cacheGb: number;
  /** Extra `--setParameter` values, for tests that provoke faults. */
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** mongod as a replica set of one, so that majority writes and transactions are the real ones. */
export function mongodKind(options: MongodOptions): StoreKind {
  const { dir, version } = options;
  const keyFile = path.join(dir, 'keyfile');
  return {
    name: 'mongod',
    async command(port) {
      await mkdir(path.join(dir, 'data'), { recursive: true, mode: 0o700 });
      await secretFromFile(keyFile, 64);
      return mongodArguments(options, keyFile, port);
    },
    isUp: answersTcp,
    async prepare(port) {
      const [key, password] = [await secretFromFile(keyFile), await passwordOf(dir)];
      await prepareReplicaSet({ port, key, password, version });
    },
  };
}

/** The address for the gateway; direct, because the port may change from start to start. */
export async function mongodUri(dir: string, port: number): Promise<string> {
  const password = await passwordOf(dir);
  return `mongodb://${USER}:${password}@127.0.0.1:${port}/waybill?authSource=admin&directConnection=true`;
}

function passwordOf(dir: string): Promise<string> {
  return secretFromFile(path.join(dir, 'password'));
}

function mongodArguments(options: MongodOptions, keyFile: string, port: number): string[] {
  const parameters = {
    // FTDC would keep up to 200 MB of metrics that nobody reads here.
    diagnosticDataCollectionEnabled: 'false',
    ...options.parameters,
  };
  return [
    ...['--dbpath', path.join(options.dir, 'data'), '--port', String(port)],
    ...['--bind_ip', '127.0.0.1', '--nounixsocket'],
    // A keyFile also turns authentication on.
    ...['--replSet', REPLICA_SET, '--keyFile', keyFile],
    // Compressing for the loopback interface only costs CPU.
    ...['--networkMessageCompressors', 'disabled'],
    ...['--wiredTigerCacheSizeGB', String(options.cacheGb)],
    // Nobody replicates from us; the default would take 5 % of the disk, at least 1 GB.
    ...['--oplogSize', '128', '--quiet'],
    ...Object.entries(parameters).flatMap(([name, value]) => [
      '--setParameter',
      `${name}=${value}`,
    ]),
  ];
}

function answersTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
