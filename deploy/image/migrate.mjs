// Runs before a new version is rolled out: starts the gateway once, in the role `api`, waits until it is ready, and ends
// it. That checks configuration and plugins, and makes the indexes that the new version needs, while the old one still
// serves. Exit code 0: ready, and ended in order. Its time limit is MIGRATE_TIMEOUT seconds (300).
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { PORT = '3000', MIGRATE_TIMEOUT = '300' } = process.env;
const limit = Number(MIGRATE_TIMEOUT) * 1000;
const say = (line) => process.stdout.write(`migrate: ${line}\n`);

const child = spawn(
  process.execPath,
  [...process.execArgv, path.join(root, 'dist/src/main.js'), '--role=api'],
  // Nobody sends here, so there is nobody to wait for.
  { stdio: 'inherit', env: { ...process.env, PORT, HOST: '127.0.0.1', DRAIN_DELAY: '0' } },
);
const ended = new Promise((resolve) => {
  child.once('exit', (code, signal) => resolve(signal ?? code));
});
let over = false;
void ended.then(() => (over = true));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));

async function isReady() {
  try {
    const response = await fetch(`http://127.0.0.1:${PORT}/readyz`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(2000),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

const end = Date.now() + limit;
let ready = false;
while (!ready && !over && Date.now() < end) {
  ready = await isReady();
  if (!ready) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 250))]);
}
if (!ready) say(over ? 'the gateway did not start' : `not ready within ${MIGRATE_TIMEOUT} s`);
child.kill('SIGTERM');
const how = await ended;
if (ready) say(how === 0 ? 'ready: the roll-out may begin' : `the gateway ended with ${how}`);
process.exitCode = ready && how === 0 ? 0 : 1;
