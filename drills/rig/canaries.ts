import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { check, type Check } from './drill.js';

/** All files below a directory. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const full = path.join(dir, name);
    return statSync(full).isDirectory() ? filesBelow(full) : [full];
  });
}

/**
 * L8: neither personal data nor a secret in logs, in what Redis wrote down, or in answers to the outside. `canaries`:
 * name and text of everything that must not be found.
 */
export function nothingLeaked(
  canaries: Readonly<Record<string, string>>,
  places: {
    readonly files: readonly string[];
    readonly dirs: readonly string[];
    readonly texts: readonly string[];
  },
): Check {
  const found: string[] = [];
  let bytes = 0;
  const look = (where: string, text: Buffer): void => {
    bytes += text.length;
    for (const [name, canary] of Object.entries(canaries)) {
      if (text.includes(canary)) found.push(`${name} in ${where}`);
    }
  };
  for (const file of [...places.files, ...places.dirs.flatMap(filesBelow)])
    look(path.basename(file), readFileSync(file));
  for (const text of places.texts) look('an answer', Buffer.from(text));
  return check(
    'L8 nothing leaked',
    found.length === 0,
    `${bytes} bytes read; ${found.length === 0 ? 'nothing found' : found.join(', ')}`,
  );
}
