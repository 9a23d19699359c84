import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { mongo } from 'mongoose';
import { guardExit } from '../../src/platform/embedded/exit-guard.js';
import { findBinary } from '../../src/platform/embedded/find-binary.js';
import { secretFromFile } from '../../src/platform/embedded/secret-file.js';
import { StoreProcess, type StoreKind } from '../../src/platform/embedded/store-process.js';
import { waitFor } from './drill.js';

const NAME = 'drill';
const USER = 'waybill';
const LIMIT_MS = 60_000;

/** Elections in a second or two instead of ten: a drill holds twenty of them. */
const SETTINGS = { electionTimeoutMillis: 1500, heartbeatIntervalMillis: 500 };

/** What the set says about itself. */
export interface SetView {
  /** Number of the member that takes writes. */
  readonly primary: number;
  /** Grows by every election. */
  readonly term: number;
  /** Members that are primary or secondary. */
  readonly healthy: number;
}

interface Status {
  readonly term: number;
  readonly members: readonly { readonly _id: number; readonly stateStr: string }[];
}

/** The user was made by a try whose answer was lost. 51003: Location51003, "already exists". */
const isThere = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && error.code === 51_003;

/** Three real mongods as one replica set on loopback, to step down and to kill. */
export class ReplicaSetOfThree {
  private constructor(
    private readonly members: readonly StoreProcess[],
    private readonly clients: readonly mongo.MongoClient[],
    private readonly password: string,
    private readonly unguard: () => void,
  ) {}

  static async start(dir: string, env: NodeJS.ProcessEnv): Promise<ReplicaSetOfThree> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const keyFile = path.join(dir, 'keyfile');
    const key = await secretFromFile(keyFile, 64);
    const password = await secretFromFile(path.join(dir, 'password'));
    const log = (): void => undefined;
    const binary = await findBinary('mongod', { env, log });
    const members: StoreProcess[] = [];
    const unguard = guardExit({
      pids: () => members.flatMap(({ pid }) => pid ?? []),
      stop: () => killAll(members),
    });
    for (const i of [0, 1, 2]) {
      const home = path.join(dir, `m${i}`);
      await mkdir(path.join(home, 'data'), { recursive: true, mode: 0o700 });
      members.push(new StoreProcess(memberKind(home, keyFile), home, binary, env, log));
    }
    try {
      for (const member of members) await member.start();
      const set = new ReplicaSetOfThree(
        members,
        members.map(({ port }) => clientOf(port, key)),
        password,
        unguard,
      );
      await set.found();
      return set;
    } catch (error) {
      await killAll(members);
      unguard();
      throw error;
    }
  }

  get uri(): string {
    const hosts = this.members.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `mongodb://${USER}:${this.password}@${hosts}/waybill?authSource=admin&replicaSet=${NAME}`;
  }

  private async found(): Promise<void> {
    const members = this.members.map(({ port }, i) => ({ _id: i, host: `127.0.0.1:${port}` }));
    await this.ask(0, { replSetInitiate: { _id: NAME, version: 1, members, settings: SETTINGS } });
    const user = { pwd: this.password, roles: ['root'], writeConcern: { w: 3 } };
    let failure: unknown;
    // A young set may elect once more between the look and the write: the next primary is asked then.
    const made = await waitFor(async () => {
      const { primary } = await this.untilWhole(0);
      failure = await this.ask(primary, { createUser: USER, ...user }).then(
        () => undefined,
        (error: unknown) => (isThere(error) ? undefined : error),
      );
      return failure === undefined;
    }, LIMIT_MS);
    if (!made) throw failure;
  }

  private ask(member: number, command: mongo.Document): Promise<mongo.Document> {
    const client = this.clients[member];
    if (!client) throw new Error(`no member ${member}`);
    return client.db('admin').command(command);
  }

  private async statusOf(member: number): Promise<Status | undefined> {
    if (this.members[member]?.running !== true) return undefined;
    return this.ask(member, { replSetGetStatus: 1 }).then(
      (status) => status as unknown as Status,
      () => undefined,
    );
  }

  /** What the members that answer say; undefined while there is no primary. */
  async view(): Promise<SetView | undefined> {
    const answers = await Promise.all(this.members.map((_member, i) => this.statusOf(i)));
    const views = answers.filter((status) => status !== undefined);
    const status = views.reduce<Status | undefined>(
      (best, one) => (best && best.term >= one.term ? best : one),
      undefined,
    );
    const primary = status?.members.find(({ stateStr }) => stateStr === 'PRIMARY');
    if (!status || !primary) return undefined;
    const healthy = status.members.filter(({ stateStr }) =>
      /^(?:PRIMARY|SECONDARY)$/.test(stateStr),
    );
    return { primary: primary._id, term: status.term, healthy: healthy.length };
  }

  /** Waits for a primary of a later term than `term` and for all three members. Throws when that takes a minute. */
  async untilWhole(term: number): Promise<SetView> {
    const seen = await this.until((view) => view.term > term && view.healthy === 3);
    return seen;
  }

  private async until(good: (view: SetView) => boolean): Promise<SetView> {
    let seen: SetView | undefined;
    const came = await waitFor(
      async () => {
        seen = await this.view();
        return seen !== undefined && good(seen);
      },
      LIMIT_MS,
      100,
    );
    if (!came || !seen) throw new Error(`the replica set did not recover: ${JSON.stringify(seen)}`);
    return seen;
  }

  /** The primary gives up its place, and may not have it back for some seconds. Resolves with the view before. */
  async stepDown(): Promise<SetView> {
    const before = await this.until(() => true);
    await this.ask(before.primary, {
      replSetStepDown: 5,
      secondaryCatchUpPeriodSecs: 2,
      force: true,
    });
    return before;
  }

  /** kill -9 of the primary; `bringBack` starts it again. Resolves with the view before. */
  async killPrimary(): Promise<SetView & { readonly bringBack: () => Promise<void> }> {
    const before = await this.until(() => true);
    const victim = this.members[before.primary];
    if (!victim) throw new Error(`no member ${before.primary}`);
    await victim.kill('SIGKILL');
    return { ...before, bringBack: () => victim.restart() };
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close().catch(() => undefined)));
    await killAll(this.members);
    this.unguard();
  }
}

// A clean shutdown takes mongod a second, and the data is thrown away anyway.
const killAll = async (members: readonly StoreProcess[]): Promise<void> => {
  await Promise.all(members.map((member) => member.kill('SIGKILL')));
};

/** Signs in with the keyFile's content, as members do among themselves: it works before there is any user. */
const clientOf = (port: number, key: string): mongo.MongoClient =>
  new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    auth: { username: '__system', password: key },
    authSource: 'local',
    authMechanism: 'SCRAM-SHA-256',
    serverSelectionTimeoutMS: 2000,
    connectTimeoutMS: 2000,
    heartbeatFrequencyMS: 1000,
    maxPoolSize: 2,
  });

const memberKind = (home: string, keyFile: string): StoreKind => ({
  name: 'mongod',
  command: (port) =>
    Promise.resolve([
      ...['--dbpath', path.join(home, 'data'), '--port', String(port)],
      ...['--bind_ip', '127.0.0.1', '--nounixsocket', '--replSet', NAME, '--keyFile', keyFile],
      ...['--networkMessageCompressors', 'disabled', '--wiredTigerCacheSizeGB', '0.25'],
      ...['--oplogSize', '256', '--quiet'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      ...['--setParameter', 'enableTestCommands=1'],
    ]),
  isUp: answers,
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (up: boolean): void => {
      socket.destroy();
      resolve(up);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
