import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../demo/package-root.js';

/** Version of Waybill, by its package.json. */
export function packageVersion(): string {
  const manifest = JSON.parse(
    readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'),
  ) as Readonly<Record<string, unknown>>;
  return typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown';
}
