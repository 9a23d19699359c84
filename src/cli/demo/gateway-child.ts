import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../platform/embedded/free-port.js';
import { packageRoot } from './package-root.js';

/** The gateway did not come up, or went away. `message` is fit for a terminal. */
export class GatewayFault extends Error {}

export interface GatewayChild {
  readonly url: string;
  readonly adminKey: string;
  /** The end of its log. */
  lastWords(): string;
  /** Asks it to stop, waits, and ends it by its process id when it does not. */
  stop(): Promise<void>;
}

/** What the gateway is to be. */
export interface GatewayWish {
  /** Content of its waybill.yaml. */
  readonly configuration: string;
  /** Laid over the demo's own settings of the process. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The first start may have to download mongod. */
const START_MS = 180_000;
const STOP_MS = 20_000;

/** Our own environment without anything that could lead the demo to real stores, keys or configuration. */
function environment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = ['WAYBILL_CACHE', 'WAYBILL_MONGOD', 'WAYBILL_REDIS_SERVER'];
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      kept.includes(name) ||
      !/^(?:WAYBILL_.*|MONGODB_URI|REDIS_URL|NODE_ENV|NODE_OPTIONS|PORT|HOST)$/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...own };
}

function lastWords(log: string): string {
  const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-15);
  return lines.map((line) => `  ${line}`).join('\n');
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).status === 200;
  } catch {
    return false;
  }
}

const ended = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function didNotStart(words: string): GatewayFault {
  const note = /MONGODB_URI|REDIS_URL/.test(words)
    ? '\nThe demo brings its own stores: it takes programs, never MONGODB_URI or REDIS_URL.'
    : '';
  return new GatewayFault(`the gateway did not start:\n${words}${note}`);
}

async function whenReady(child: ChildProcess, url: string, log: string): Promise<void> {
  const end = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (ended(child)) throw didNotStart(lastWords(log));
    if (Date.now() > end) {
      throw new GatewayFault(
        `the gateway was not ready after ${START_MS / 1000} s:\n${lastWords(log)}`,
      );
    }
    await pause(100);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (ended(child)) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(hard);
}

/**
 * Starts the built gateway as a process of its own, with embedded stores below `dir`. `onSpawn` gets the way to stop
 * it at once, so that an interrupted start leaves nothing behind.
 */
export async function startGatewayChild(
  dir: string,
  { configuration, environment: own }: GatewayWish,
  onSpawn: (stop: () => Promise<void>) => void,
): Promise<GatewayChild> {
  const config = path.join(dir, 'waybill.yaml');
  writeFileSync(config, configuration, { mode: 0o600 });
  const adminKey = `wbk_${randomBytes(24).toString('base64url')}`;
  const port = await freePort();
  const log = path.join(dir, 'gateway.log');
  const output = openSync(log, 'w', 0o600);
  const main = path.join(packageRoot(), 'dist/src/main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    cwd: dir,
    stdio: ['ignore', output, output],
    env: environment({
      PORT: String(port),
      WAYBILL_DATA: path.join(dir, 'data'),
      WAYBILL_CONFIG: config,
      WAYBILL_ADMIN_KEY: adminKey,
      WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
      DRAIN_DELAY: '0',
      SHUTDOWN_TIMEOUT: '15',
      ...own,
    }),
  });
  closeSync(output);
  // Should this process end without having stopped it, it still stops its stores on its own.
  process.once('exit', () => {
    if (!ended(child)) child.kill('SIGTERM');
  });
  const stopChild = (): Promise<void> => stop(child);
  onSpawn(stopChild);
  const url = `http://127.0.0.1:${port}`;
  await whenReady(child, url, log);
  return { url, adminKey, lastWords: () => lastWords(log), stop: stopChild };
}
