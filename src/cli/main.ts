#!/usr/bin/env node
/* The `waybill` command. Nothing else is loaded before we know that this Node can run it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST = [22, 12] as const;
const USUAL_EXIT = 1;

/** The Node that npm has installed for this machine, as `npm start` uses it. */
function pinnedNode(): string | undefined {
  const isWindows = process.platform === 'win32';
  const folder = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const file = `../../../node_modules/${folder}/bin/${isWindows ? 'node.exe' : 'node'}`;
  const found = fileURLToPath(new URL(file, import.meta.url));
  return existsSync(found) ? found : undefined;
}

/** On an old Node: the same command on the pinned one, or a sentence that says what is needed. */
function handOver(): number {
  const node = pinnedNode();
  if (node !== undefined) {
    const words = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    // Ctrl-C reaches both of us; the command itself ends in order.
    process.on('SIGINT', () => undefined);
    return spawnSync(node, words, { stdio: 'inherit' }).status ?? USUAL_EXIT;
  }
  process.stderr.write(
    `waybill needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}.\n`,
  );
  return USUAL_EXIT;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.exitCode = handOver();
} else {
  const [{ processIo }, { runCommandLine }] = await Promise.all([
    import('./program/process-io.js'),
    import('./program/run.js'),
  ]);
  process.exitCode = await runCommandLine(process.argv.slice(2), processIo());
}
