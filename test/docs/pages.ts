import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourcePlugin, TargetPlugin } from '../../src/contract/index.js';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A fenced block: its language, the word behind it (mostly a file name), its text without the indent of its list. */
export interface Block {
  readonly language: string;
  readonly title: string;
  readonly text: string;
}

const markdownBelow = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

/** Every page for readers, as paths from the root of the repository. */
export const PAGES: readonly string[] = [
  ...['README.md', 'CHANGELOG.md'].filter((name) => existsSync(join(ROOT, name))),
  ...markdownBelow('docs'),
  ...markdownBelow('plugins'),
].sort();

/** Pages that speak for the gateway as a whole, without the plugins' own. */
export const OWN_PAGES = PAGES.filter((page) => !page.startsWith('plugins'));

export const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

const FENCE = /^( *)```(\S*) *([^\n]*)\n([\s\S]*?)^\1```$/gm;

export function blocksOf(page: string): readonly Block[] {
  return [...textOf(page).matchAll(FENCE)].map(
    ([, indent = '', language = '', title = '', text = '']) => ({
      language,
      title: title.trim(),
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** The page without its fenced blocks: what a reader reads as prose. */
export const proseOf = (page: string): string => textOf(page).replaceAll(FENCE, '');

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...proseOf(page).matchAll(/^#{1,6} +(.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(headings);
}

/** Files of the repository's own code, specs left out, as paths from its root. */
export const sourceFiles = (): readonly string[] =>
  ['src', 'plugins', 'bench', 'tools']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /(?<!\.spec)\.(?:ts|mjs)$/.test(entry.name))
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
    )
    .filter((path) => !/\.spec\.|fixtures/.test(path));

type Plugin = SourcePlugin | TargetPlugin;

/** The plugins of this repository, by name. */
export async function plugins(): Promise<readonly Plugin[]> {
  const folders = readdirSync(join(ROOT, 'plugins'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const load = async (name: string): Promise<Plugin> => {
    const url = pathToFileURL(join(ROOT, 'plugins', name, 'index.ts')).href;
    return ((await import(url)) as { default: Plugin }).default;
  };
  return Promise.all(folders.map(load));
}

export const isSource = (plugin: Plugin): plugin is SourcePlugin => plugin.kind === 'source';
