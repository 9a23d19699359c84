import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Route } from './binary.js';
import { storeInCache } from './local-routes.js';
import { runCommand } from './run-command.js';

// Runs in a process of its own: the downloader prints, keeps timers and cannot be cancelled.
const SCRIPT = `
const { MongoBinary } = require(process.argv[1]);
MongoBinary.getPath({ downloadDir: process.argv[2] }).then(
  (file) => console.log('FOUND ' + file),
  (error) => { console.error(error.message.replace(/\\s+/g, ' ')); process.exit(1); },
);`;

/** The vendor's own download of mongod, by way of mongodb-memory-server-core. */
export const vendorRoute: Route = {
  label: "vendor's download",
  async find({ name, env, cacheDir, log }) {
    if (name !== 'mongod') throw new Error(`the vendor offers no ready-made ${name}`);
    const downloader = createRequire(import.meta.url).resolve('mongodb-memory-server-core');
    const folder = path.join(cacheDir, `vendor-${randomUUID()}`);
    log('looking for mongod at its vendor…');
    try {
      const { code, output, errors } = await runCommand(
        process.execPath,
        ['-e', SCRIPT, downloader, folder],
        // A download that moves prints every two seconds; one that is refused or hangs does not.
        { env: { ...env, ...SETTINGS }, timeoutMs: 300_000, idleMs: 10_000 },
      );
      const file = /^FOUND (.+)$/m.exec(output)?.[1];
      if (code !== 0 || file === undefined) throw new Error(lastLine(errors));
      return file.startsWith(folder) ? await storeInCache(cacheDir, name, file) : file;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const SETTINGS = {
  // The downloader checks no TLS certificate unless npm says so.
  npm_config_strict_ssl: 'true',
  MONGOMS_MD5_CHECK: '1',
  MONGOMS_MAX_RETRIES: '1',
  MONGOMS_RUNTIME_DOWNLOAD: '1',
  NODE_OPTIONS: '',
};

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'the downloader found nothing';
}
