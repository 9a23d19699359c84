import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binary, BinaryName } from './binary.js';
import { freePort, portIsFree } from './free-port.js';
import { endProcess, identify, isAlive } from './process-identity.js';
import { reasonOf, StoreError } from './store-error.js';
import { lastWords, openLog } from './store-log.js';
import { checkVersion, readState, type StoreState, writeState } from './store-state.js';

/** How one kind of store is run; the rest is the same for both. */
export interface StoreKind {
  readonly name: BinaryName;
  /** Makes what the program needs before it starts; answers its arguments. */
  command(port: number): Promise<readonly string[]>;
  /** False: not yet. It is asked until it says true, the child exits, or time is up. */
  isUp(port: number): Promise<boolean>;
  /** Once up: whatever must be done before the store serves. */
  prepare?(port: number): Promise<void>;
}

/** A running store, as tests of faults need to handle it. */
export interface ChildControl {
  readonly pid: number | undefined;
  readonly port: number;
  readonly running: boolean;
  /** Sends a signal; resolves after the exit for the signals that end a process. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it if it runs, then starts it on the same port and data; resolves when it serves. */
  restart(): Promise<void>;
}

// Recovery of a large journal or append-only file may take minutes.
const UP_LIMIT_MS = 180_000;
const POLITE_MS = 20_000;

/** One store as a child process, with its directory, log and memory of the last run. */
export class StoreProcess implements ChildControl {
  port = 0;
  private child: ChildProcess | undefined;
  private stopping = false;

  constructor(
    private readonly kind: StoreKind,
    private readonly dir: string,
    private readonly binary: Binary,
    private readonly env: NodeJS.ProcessEnv,
    private readonly log: (line: string) => void,
  ) {}

  get pid(): number | undefined {
    return this.running ? this.child?.pid : undefined;
  }

  get running(): boolean {
    return this.child !== undefined && hasNotExited(this.child);
  }

  /** Starts the store on the port of last time if it is free, and waits until it serves. */
  async start(): Promise<void> {
    const state = readState(this.stateFile);
    checkVersion(this.kind.name, this.dir, state, this.binary);
    await this.endOrphan(state);
    let port = state.port;
    for (let tries = 3; ; tries -= 1) {
      port = await freePort(port);
      if (await this.serveOn(port)) return;
      // Between our look and its bind() another program took the port: choose again.
      if (tries <= 1 || (await portIsFree(port))) throw this.startFailed('it ended at once');
      port = undefined;
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.child;
    if (child === undefined || !hasNotExited(child)) return;
    const ends = signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT';
    this.stopping ||= ends;
    const exited = ends ? once(child, 'exit') : undefined;
    child.kill(signal);
    await exited;
  }

  async restart(): Promise<void> {
    await this.stop();
    if (!(await this.serveOn(this.port))) throw this.startFailed('it ended at once');
  }

  /** Ends the store cleanly, by force if it does not listen. */
  async stop(): Promise<void> {
    const child = this.child;
    if (child === undefined || !hasNotExited(child)) return;
    // A frozen (SIGSTOP) child would never see SIGTERM.
    await this.kill('SIGCONT');
    const force = setTimeout(() => child.kill('SIGKILL'), POLITE_MS);
    await this.kill('SIGTERM');
    clearTimeout(force);
    this.forgetChild();
  }

  private get stateFile(): string {
    return path.join(this.dir, 'state.json');
  }

  private get logFile(): string {
    return path.join(this.dir, `${this.kind.name}.log`);
  }

  /** False when the child ended before it served. */
  private async serveOn(port: number): Promise<boolean> {
    this.port = port;
    this.stopping = false;
    const child = this.spawnChild(await this.kind.command(port));
    try {
      if (!(await this.waitUntilUp(child))) return false;
      await this.kind.prepare?.(port);
    } catch (error) {
      child.kill('SIGKILL');
      throw error instanceof StoreError ? error : this.startFailed(reasonOf(error), error);
    }
    this.remember({ version: this.binary.version });
    return true;
  }

  private spawnChild(args: readonly string[]): ChildProcess {
    const log = openLog(this.logFile);
    // Detached: Ctrl-C in a terminal must reach the gateway, which drains, and not its stores.
    const child = spawn(this.binary.path, args, {
      cwd: this.dir,
      detached: true,
      env: childEnvironment(this.env),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    this.remember({ port: this.port, ...(identity && { child: identity }) });
    child.once('error', (error) => this.log(`${this.kind.name}: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (this.stopping || this.child !== child) return;
      this.log(`${this.kind.name} ended unexpectedly (${signal ?? `exit ${code}`})`);
    });
    return child;
  }

  private async waitUntilUp(child: ChildProcess): Promise<boolean> {
    const deadline = Date.now() + UP_LIMIT_MS;
    while (hasNotExited(child)) {
      if (await this.kind.isUp(this.port)) return true;
      if (Date.now() > deadline) throw new Error(`it did not answer in ${UP_LIMIT_MS / 1000} s`);
      await sleep(10);
    }
    return false;
  }

  private async endOrphan({ child }: StoreState): Promise<void> {
    if (child === undefined || !isAlive(child)) return;
    this.log(
      `stopping the ${this.kind.name} that an earlier run left behind (process ${child.pid})`,
    );
    await endProcess(child, POLITE_MS);
  }

  private remember(part: StoreState): void {
    writeState(this.stateFile, { ...readState(this.stateFile), ...part });
  }

  private forgetChild(): void {
    const { child: _ended, ...rest } = readState(this.stateFile);
    writeState(this.stateFile, rest);
  }

  private startFailed(why: string, cause?: unknown): StoreError {
    return new StoreError(
      'WB_STORE_START',
      `${this.kind.name} did not start: ${why}. Its last words:\n${lastWords(this.logFile)}`,
      `Read ${this.logFile}.`,
      { cause },
    );
  }
}

function hasNotExited(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

// The gateway's environment holds credentials of networks and partners: no business of a store.
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'SystemRoot',
];

function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
