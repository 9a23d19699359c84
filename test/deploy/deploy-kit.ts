import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, relative, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { ProcessSettings } from '../../src/platform/config/process-settings.js';

export const ROOT = resolve(import.meta.dirname, '../..');

export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** A YAML file as plain objects, `<<` merged. */
export const yamlOf = <T>(file: string): T => parse(textOf(file), { merge: true }) as T;

/** Every document of a YAML text. Throws where one of them is not YAML. */
export const documentsOf = (text: string): readonly unknown[] =>
  parseAllDocuments(text)
    .map((document) => {
      if (document.errors[0]) throw document.errors[0];
      return document.toJS() as unknown;
    })
    .filter((value) => value !== null);

/** Files below a folder of the repository, as paths from its root, in a fixed order. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();

interface Manifest {
  readonly version: string;
  readonly config: { readonly nodeFlags: string; readonly nodeEnv: string };
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

export const MANIFEST = JSON.parse(textOf('package.json')) as Manifest;
export const NODE_FLAGS = MANIFEST.config.nodeFlags.split(' ');
export const NODE_ENV = MANIFEST.config.nodeEnv.split(' ');

/** Names of all process settings. */
export const SETTINGS: ReadonlySet<string> = new Set([
  ...Object.keys(new ProcessSettings()),
  // Fields without a default are no own properties of an instance.
  ...[...textOf('src/platform/config/process-settings.ts').matchAll(/^ {2}([A-Z_]+)[?:= ]/gm)].map(
    ([, name = '']) => name,
  ),
]);

/**
 * A program that checks one of these files: the one that the variable names, or the one on PATH. Undefined where there
 * is none; then the specs that need it are skipped by name.
 */
export function tool(name: string, variable?: string): string | undefined {
  const given = variable === undefined ? undefined : process.env[variable];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return [given, ...folders.map((folder) => join(folder, name))].find((file) => {
    if (file === undefined) return false;
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Said {
  readonly code: number | null;
  readonly text: string;
}

/** Runs a program to its end; everything that it said. */
export function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Said {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  return { code: status, text: `${stdout}${stderr}` };
}
