import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { accompany } from '../../src/platform/embedded/companions.js';
import { waitFor } from './drill.js';

interface Package {
  readonly config: { readonly nodeFlags: string; readonly nodeEnv: string };
}

export interface ReplicaOptions {
  readonly name: string;
  /** Root of the built package. */
  readonly root: string;
  readonly dir: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** What is started; default `dist/src/main.js`, the gateway itself. */
  readonly entry?: string;
}

const READY_MS = 60_000;
const STOP_MS = 60_000;

/** One gateway process, started as `npm start` starts it; it can be killed, paused and started again on its port. */
export class Replica {
  private child: ChildProcess | undefined;
  private gone: Promise<number | NodeJS.Signals> = Promise.resolve(0);
  readonly log: string;

  constructor(private readonly options: ReplicaOptions) {
    mkdirSync(options.dir, { recursive: true });
    this.log = path.join(options.dir, 'gateway.log');
  }

  get name(): string {
    return this.options.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number | undefined {
    return this.running ? this.child?.pid : undefined;
  }

  get running(): boolean {
    const { child } = this;
    // Without a number it never began to run.
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Starts the process without waiting for it. `more`: environment of this start only. */
  launch(more: Readonly<Record<string, string>> = {}): void {
    const { root, dir, port, env, entry = 'dist/src/main.js' } = this.options;
    const { config } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Package;
    const output = openSync(this.log, 'a');
    const { MONGODB_URI: _mongo, REDIS_URL: _redis, ...inherited } = process.env;
    const child = spawn(
      process.execPath,
      [...config.nodeFlags.split(' '), path.join(root, entry)],
      {
        cwd: dir,
        env: { ...pairs(config.nodeEnv), ...inherited, PORT: String(port), ...env, ...more },
        stdio: ['ignore', output, output],
      },
    );
    closeSync(output);
    this.child = child;
    accompany(child);
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
      child.once('error', (error) => {
        writeFileSync(this.log, `${error.message}\n`, { flag: 'a' });
        resolve(-1);
      });
    });
  }

  /** Starts and waits until it says that it is ready. Throws with its last words when it does not. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    this.launch(more);
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    const up = await waitFor(async () => (await this.isReady()) || !this.running, READY_MS, 25);
    if (up && this.running) return;
    throw new Error(`${this.name} did not become ready:\n${this.lastWords()}`);
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
      async (response) => {
        await response.text();
        return response.status === 200;
      },
      () => false,
    );
  }

  /** Resolves with the exit code or the signal that ended the process. */
  get ended(): Promise<number | NodeJS.Signals> {
    return this.gone;
  }

  /** A signal to the process that this rig started, by its own number. Resolves at once. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child?.kill(signal);
  }

  /** No handler, no flush: as a crash or the OOM killer would. */
  async crash(): Promise<void> {
    this.signal('SIGKILL');
    await this.gone;
  }

  /** SIGTERM; resolves with the exit code, or the signal when it had to be forced. */
  async stop(): Promise<number | NodeJS.Signals> {
    if (!this.running) return this.gone;
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const force = setTimeout(() => this.signal('SIGKILL'), STOP_MS);
    const how = await this.gone;
    clearTimeout(force);
    return how;
  }

  lastWords(): string {
    return readFileSync(this.log, 'utf8').slice(-3000);
  }
}

const pairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(' ').map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value];
    }),
  );
