import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { accompany } from '../../src/platform/embedded/companions.js';
import { findDebianProgram, type Program } from './debian-program.js';
import { waitFor } from './drill.js';

/** A HAProxy that runs on this machine; throws one text that says what was tried and what to do. */
export const findHaproxy = (env: Readonly<NodeJS.ProcessEnv> = process.env): Promise<Program> =>
  findDebianProgram({ name: 'haproxy', variable: 'WAYBILL_HAPROXY', version: ['-v'] }, env);

/** Addresses (host:port) that the shipped configuration reads from the environment. */
export interface HaproxyAddresses {
  readonly gateways: readonly [string, string];
  readonly publicBind: string;
  readonly insideBind: string;
  readonly statsBind: string;
}

/** The environment variables of deploy/haproxy/haproxy.cfg. */
export const haproxyEnv = (addresses: HaproxyAddresses): Record<string, string> => ({
  WAYBILL_GATEWAY_1: addresses.gateways[0],
  WAYBILL_GATEWAY_2: addresses.gateways[1],
  WAYBILL_PUBLIC_BIND: addresses.publicBind,
  WAYBILL_INSIDE_BIND: addresses.insideBind,
  WAYBILL_STATS_BIND: addresses.statsBind,
});

/** What HAProxy counted over its backend, and which servers it sends to. */
export interface HaproxyStats {
  /** By the names of the configuration: gateway1, gateway2. */
  readonly up: ReadonlyMap<string, boolean>;
  /** Requests to the gateways. */
  readonly requests: number;
  /** Tried again on the same server, and on the other one. */
  readonly retries: number;
  readonly redispatched: number;
  /** Connections that failed, and answers that broke off. */
  readonly connectErrors: number;
  readonly answerErrors: number;
}

const START_MS = 10_000;

/** A running HAProxy process with a configuration of ours. */
export class Haproxy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly addresses: HaproxyAddresses,
    readonly log: string,
  ) {}

  /** Starts `configuration` in the foreground; its log goes to `dir`. Throws with its last words when it does not start. */
  static async start(
    program: Program,
    configuration: string,
    addresses: HaproxyAddresses,
    dir: string,
  ): Promise<Haproxy> {
    const log = path.join(dir, 'haproxy.log');
    const output = openSync(log, 'a');
    const child = spawn(program.file, ['-db', '-f', configuration], {
      env: { ...process.env, ...program.env, ...haproxyEnv(addresses) },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    accompany(child);
    const haproxy = new Haproxy(child, addresses, log);
    const up = await waitFor(
      () => haproxy.stats().then(Boolean, () => !haproxy.running),
      START_MS,
      50,
    );
    if (up && haproxy.running) return haproxy;
    await haproxy.stop();
    throw new Error(`HAProxy did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Where networks send. */
  get url(): string {
    return `http://${this.addresses.publicBind}`;
  }

  /** Where everything can be reached. */
  get insideUrl(): string {
    return `http://${this.addresses.insideBind}`;
  }

  async stats(): Promise<HaproxyStats> {
    const response = await fetch(`http://${this.addresses.statsBind}/;csv`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(2000),
    });
    return readStats(await response.text());
  }

  /** Whether requests may go to that gateway (0 or 1) at present. */
  async isUp(i: number): Promise<boolean> {
    return (await this.stats()).up.get(`gateway${i + 1}`) === true;
  }

  /** Its whole log so far. */
  readLog(): Promise<string> {
    return readFile(this.log, 'utf8');
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const gone = new Promise((resolve) => {
      this.child.once('exit', resolve);
    });
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** HAProxy's table of comma-separated values, with the names of its columns in the first line. */
export function readStats(csv: string): HaproxyStats {
  const [first = '', ...lines] = csv.trim().split('\n');
  const names = first.replace(/^# /, '').split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return new Map(names.map((name, i) => [name, cells[i] ?? '']));
  });
  const own = rows.filter((row) => row.get('pxname') === 'gateways');
  const whole = own.find((row) => row.get('svname') === 'BACKEND');
  if (whole === undefined) throw new Error('the statistics do not name the backend');
  const count = (name: string): number => Number(whole.get(name) ?? 0);
  const servers = own.filter((row) => row.get('svname') !== 'BACKEND');
  return {
    up: new Map(
      servers.map((row) => [
        row.get('svname') ?? '',
        row.get('status')?.startsWith('UP') === true && Number(row.get('act')) > 0,
      ]),
    ),
    requests: count('req_tot'),
    retries: count('wretr'),
    redispatched: count('wredis'),
    connectErrors: count('econ'),
    answerErrors: count('eresp'),
  };
}
