import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SealModule, SourcePlugin } from '../../contract/index.js';
import { loadSourceCases, type SourceCase } from '../../testing/fixtures.js';
import { packageRoot } from './package-root.js';

/** What a source plugin ships for making real traffic: its `seal` and its sample cases. */
export interface SourceKit {
  readonly source: string;
  /** The plugin's name for people. */
  readonly label: string;
  /** Id of the account in the demo's configuration. */
  readonly account: string;
  readonly seal: SealModule;
  readonly cases: ReadonlyMap<string, SourceCase>;
}

/** Accounts of the networks whose story is told in full; every other source has one of its own name. */
export const ACCOUNTS = {
  stripe: 'shop',
  clickbank: 'cb-main',
  digistore24: 'ds-main',
  buygoods: 'bg-main',
  crm: 'sales-desk',
} as const;

const accountOf = (source: string): string =>
  (ACCOUNTS as Readonly<Record<string, string>>)[source] ?? source;

const builtFile = (...parts: readonly string[]): string =>
  pathToFileURL(path.join(packageRoot(), 'dist/plugins', ...parts)).href;

/** Undefined for a source that sends nothing and is only asked. */
async function loadKit(source: string): Promise<SourceKit | undefined> {
  const seal = (await import(builtFile(source, 'fixtures/seal.js'))) as SealModule;
  const plugin = (await import(builtFile(source, 'index.js'))) as {
    readonly default: SourcePlugin;
  };
  if (plugin.default.methods.length === 0) return undefined;
  const cases = loadSourceCases(path.join(packageRoot(), 'plugins', source, 'fixtures'));
  return {
    source,
    label: plugin.default.label,
    account: accountOf(source),
    seal,
    cases: new Map(cases.map((one) => [one.name, one])),
  };
}

/** By the plugin's name. */
export type Kits = ReadonlyMap<string, SourceKit>;

/** Every source that this installation ships and that sends something: only sources have a seal. */
export async function loadKits(): Promise<Kits> {
  const plugins = path.join(packageRoot(), 'plugins');
  const names = readdirSync(plugins).filter((name) =>
    existsSync(path.join(plugins, name, 'fixtures/seal.ts')),
  );
  const kits = await Promise.all(names.map((name) => loadKit(name)));
  return new Map(kits.flatMap((kit) => (kit ? [[kit.source, kit] as const] : [])));
}
