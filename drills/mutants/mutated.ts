import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Edit } from './mutants.js';

/**
 * `text` with one place written anew.
 * @throws Error when the place is not there, or there more than once: the guard has moved, and the mutant must follow.
 */
export function edited(text: string, { file, find, put }: Edit): string {
  const parts = text.split(find);
  if (parts.length === 2) return parts.join(put);
  throw new Error(`${file} holds ${parts.length - 1} times, not once: ${find}`);
}

/** A copy of the built package below `dir` with the edits made. Returns its root. The original is never touched. */
export function mutatedRoot(root: string, dir: string, edits: readonly Edit[]): string {
  mkdirSync(dir, { recursive: true });
  cpSync(path.join(root, 'dist'), path.join(dir, 'dist'), { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(dir, 'package.json'));
  symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'node_modules'));
  for (const edit of edits) {
    const file = path.join(dir, edit.file);
    writeFileSync(file, edited(readFileSync(file, 'utf8'), edit));
  }
  return dir;
}
