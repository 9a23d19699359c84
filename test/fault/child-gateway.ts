import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface ChildGateway {
  readonly url: string;
  /** Resolves with the signal or code by which the process ended. */
  readonly ended: Promise<string | number>;
  readonly output: () => string;
  kill(signal: NodeJS.Signals): void;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** The built gateway as a process of its own, as users run it. */
export async function startChild(yaml: string, env: Record<string, string>): Promise<ChildGateway> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-child-'));
  const file = path.join(dir, 'waybill.yaml');
  fs.writeFileSync(file, yaml);
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [path.join(ROOT, 'dist/src/main.js')], {
    cwd: dir,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      PORT: String(port),
      WAYBILL_DATA: dir,
      WAYBILL_CONFIG: file,
      WAYBILL_ADMIN_KEY: 'wbk_child-admin-key-0123456789',
      WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<string | number>((resolve) => {
    child.once('exit', (code, signal) => {
      // First of all: what cannot be tidied up must not hide how the process ended.
      resolve(signal ?? code ?? 0);
      fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    ended,
    output: () => output,
    kill: (signal) => child.kill(signal),
  };
}

/** Polls until the gateway is ready; throws with its output when it ended, or is not ready within `ms`. */
export async function untilReady(gateway: ChildGateway, ms = 90_000): Promise<void> {
  const end = Date.now() + ms;
  let over: string | number | undefined;
  void gateway.ended.then((how) => (over = how));
  for (;;) {
    if (over !== undefined) throw new Error(`ended with ${over}: ${gateway.output().slice(-2000)}`);
    const ready = await fetch(`${gateway.url}/readyz`).then(
      (response) => response.status === 200,
      () => false,
    );
    if (ready) return;
    if (Date.now() > end) throw new Error(`not ready: ${gateway.output().slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
