// Only Node's own modules here and in every file of tools/: they run before anything is installed.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** When a file was last written; 0 when it does not exist. */
export function writtenAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** All files below a folder (none when it does not exist), as full paths. */
export function filesBelow(folder) {
  if (writtenAt(folder) === 0) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}

/** Ends with a message for the person at the keyboard, without a stack trace. */
export function giveUp(message) {
  process.stderr.write(`waybill: ${message}\n`);
  process.exit(1);
}

/** What every process of ours is started with (`config` of package.json, which images and the bench read, too). */
export function launch() {
  const { config } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const own = Object.fromEntries(config.nodeEnv.split(' ').map((pair) => pair.split('=', 2)));
  // What the user has set wins.
  return { flags: config.nodeFlags.split(' '), env: { ...own, ...process.env } };
}
