import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { accompany } from '../src/platform/embedded/companions.js';

/** The package; this file runs as `dist/bench/server-process.js`. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Package {
  readonly config: { readonly nodeFlags: string; readonly nodeEnv: string };
}

/** How the gateway is started by `npm start`; the floors are started the same way. */
const { nodeFlags, nodeEnv } = (
  JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Package
).config;
const NODE_FLAGS = nodeFlags.split(' ');
const NODE_ENVIRONMENT = Object.fromEntries(
  nodeEnv.split(' ').map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=');
    return [name, value];
  }),
);

const READY_MS = 30_000;
const STOP_MS = 15_000;

export interface ServerOptions {
  /** Built file, relative to the root of the package. */
  readonly file: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Working directory; the output of the process goes to `server.log` in it. */
  readonly dir: string;
  /** Directory for a CPU profile, written when the process ends. */
  readonly profile: string | undefined;
}

/** A server under test: a child of ours on the Node that runs us. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly log: string,
    readonly port: number,
    /** Milliseconds from the start of the process to its first `200` at `/readyz`. */
    readonly startMs: number,
  ) {}

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Starts the server and waits until it is ready. Throws with the end of its output when it does not become so. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const began = performance.now();
    const log = path.join(options.dir, 'server.log');
    const child = launch(options, log);
    while (!(await isReady(options.port))) {
      const late = performance.now() - began > READY_MS;
      if (!late && child.exitCode === null) continue;
      child.kill('SIGKILL');
      throw new Error(`${options.file} did not start:\n${endOf(log)}`);
    }
    return new ServerProcess(child, log, options.port, Math.round(performance.now() - began));
  }

  /** The end of its output, for a person who asks what went wrong. */
  said(): string {
    return endOf(this.log);
  }

  async stop(): Promise<void> {
    const gone = this.gone();
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(hard);
  }

  /** `kill -9`: no drain, no goodbye. */
  async kill(): Promise<void> {
    const gone = this.gone();
    this.child.kill('SIGKILL');
    await gone;
  }

  private async gone(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  }
}

const endOf = (log: string): string => readFileSync(log, 'utf8').slice(-2000);

function launch(options: ServerOptions, log: string): ChildProcess {
  const output = openSync(log, 'a');
  const profile =
    options.profile === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(options.profile)}`];
  const { MONGODB_URI: _mongo, REDIS_URL: _redis, ...inherited } = process.env;
  try {
    const child = spawn(
      process.execPath,
      [...NODE_FLAGS, ...profile, path.join(ROOT, options.file)],
      {
        cwd: options.dir,
        env: { ...NODE_ENVIRONMENT, ...inherited, ...options.env },
        stdio: ['ignore', output, output],
      },
    );
    accompany(child);
    return child;
  } finally {
    closeSync(output);
  }
}

/** Asks once; a server that is not there yet is asked again 20 ms later. */
async function isReady(port: number): Promise<boolean> {
  const status = await new Promise<number>((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/readyz', agent: false }, (answer) =>
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0)),
    );
    request.setTimeout(1000, () => request.destroy());
    request.once('error', () => resolve(0));
  });
  if (status === 200) return true;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return false;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
