import { mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const LOG_LIMIT = 5 * 1024 * 1024;

/**
 * Opens a store's log for its child; one that grew large is put aside first.
 * A file and not a pipe: a pipe would end the child together with a killed parent, in mid-write.
 */
export function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/** The lines of a log that most likely tell why the store gave up. */
export function lastWords(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(-60);
  // mongod logs JSON, and the line that matters is rarely the last.
  const grave = lines.filter((line) => /"s":"[EF]"/.test(line));
  const chosen = grave.length > 0 ? grave : lines;
  return chosen
    .slice(-4)
    .map((line) => `  ${line.slice(0, 400)}`)
    .join('\n');
}
