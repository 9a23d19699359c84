import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_TYPES, type SourcePlugin, type TargetPlugin } from '../contract/index.js';
import type { Faults } from './fault.js';

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The word stands alone: not as a part of a longer one. */
const names = (text: string, word: string): boolean =>
  new RegExp(String.raw`(?<![\w.-])${escaped(word)}(?![\w-])`).test(text);

/** Every row of a source's event table that its README does not list with what it becomes. */
export function sourceReadmeFaults(plugin: SourcePlugin, readme: string): Faults {
  const rows = readme.split('\n').filter((line) => line.trimStart().startsWith('|'));
  return plugin.events.flatMap(({ native, becomes }) => {
    const about = rows.filter((row) => row.includes(native));
    if (about.length === 0) return [`README lists no row for "${native}"`];
    if (!TYPES.has(becomes) || about.some((row) => names(row, becomes))) return [];
    return [`README does not say that "${native}" becomes ${becomes}`];
  });
}

/** Every accepted type that a target's README does not name. */
export const targetReadmeFaults = (plugin: TargetPlugin, readme: string): Faults =>
  plugin.accepts
    .filter((type) => !names(readme, type))
    .map((type) => `README does not name ${type}`);

/** The README of a plugin's folder, or undefined. */
export function readmeOf(pluginDir: string): string | undefined {
  const path = join(pluginDir, 'README.md');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
