import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './server-process.js';

/** Writes a result as JSON with its picture beside it, and a copy where the user asked for one; returns the stem. */
export async function writeResult(
  kind: 'bench' | 'soak',
  content: Readonly<Record<string, unknown>>,
  svg: string,
  copy: string | undefined,
): Promise<string> {
  const dir = path.join(ROOT, 'bench-results');
  const at = new Date().toISOString();
  const stem = path.join(dir, `${kind}-${at.slice(0, 19).replaceAll(':', '-')}`);
  const json = `${JSON.stringify({ at, ...content }, null, 2)}\n`;
  await mkdir(dir, { recursive: true });
  await writeFile(`${stem}.json`, json);
  await writeFile(`${stem}.svg`, svg);
  if (copy !== undefined) await writeFile(copy, json);
  return path.relative(process.cwd(), stem);
}
