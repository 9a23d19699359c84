import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of our package.json, found upwards from this file: the same from `src` and from `dist`. */
export function packageRoot(from: string = fileURLToPath(import.meta.url)): string {
  const folder = path.dirname(from);
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  if (folder === from) throw new Error('the package.json of Waybill was not found');
  return packageRoot(folder);
}
