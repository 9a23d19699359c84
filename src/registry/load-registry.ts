import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SourcePlugin, TargetPlugin } from '../contract/index.js';
import { packageEntry } from './package-entry.js';
import { shareContract } from './share-contract.js';
import { Registry, type Loaded } from './registry.js';
import { RegistryError, type PluginFault } from './registry-error.js';
import { shapeFaults } from './shape.js';

export interface RegistryOptions {
  /** Folders that hold one folder per plugin. One that does not exist is a fault. */
  readonly pluginDirs: readonly string[];
  /** npm packages, as named in the configuration. */
  readonly packages: readonly string[];
  /** Folder from which package names are resolved, normally the working directory. */
  readonly resolveFrom: string;
}

/** A plugin to load: where it is, how faults name it, and the name that its folder asks of it. */
interface Candidate {
  readonly origin: string;
  readonly url: string;
  readonly folder?: string;
}

type Found = { readonly candidates: readonly Candidate[]; readonly faults: readonly PluginFault[] };

/** The plugins that come with the gateway: `dist/plugins` in the build, `plugins` when running from sources. */
export const builtInPluginDir = (): string =>
  fileURLToPath(new URL('../../plugins', import.meta.url));

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const loadFault = (path: string, rule: string): PluginFault => ({
  code: 'WB_PLUGIN_LOAD',
  path,
  rule,
});

function inFolder(dir: string): Found {
  if (!existsSync(dir)) return { candidates: [], faults: [loadFault(dir, 'is no folder')] };
  const candidates: Candidate[] = [];
  const faults: PluginFault[] = [];
  const folders = readdirSync(dir, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
    )
    .map((entry) => entry.name);
  for (const folder of folders.sort()) {
    const index = ['index.js', 'index.mjs', 'index.ts']
      .map((file) => join(dir, folder, file))
      .find(existsSync);
    if (index) candidates.push({ origin: index, url: pathToFileURL(index).href, folder });
    else faults.push(loadFault(join(dir, folder), 'holds no index.js'));
  }
  return { candidates, faults };
}

function inPackages(packages: readonly string[], resolveFrom: string): Found {
  const candidates: Candidate[] = [];
  const faults: PluginFault[] = [];
  for (const name of new Set(packages)) {
    const entry = packageEntry(name, resolve(resolveFrom));
    if ('path' in entry) candidates.push({ origin: name, url: pathToFileURL(entry.path).href });
    else faults.push(loadFault(name, entry.rule));
  }
  return { candidates, faults };
}

async function load({ origin, url, folder }: Candidate): Promise<Loaded | readonly PluginFault[]> {
  let exported: unknown;
  try {
    exported = ((await import(url)) as { default?: unknown }).default;
  } catch (error) {
    return [loadFault(origin, `cannot be imported: ${messageOf(error)}`)];
  }
  const faults = shapeFaults(exported, origin, folder);
  return faults.length > 0 ? faults : { plugin: exported as SourcePlugin | TargetPlugin, origin };
}

function duplicates(loaded: readonly Loaded[]): readonly PluginFault[] {
  const first = new Map<string, string>();
  return loaded.flatMap(({ plugin: { kind, name }, origin }) => {
    const other = first.get(`${kind} ${name}`);
    if (other === undefined) {
      first.set(`${kind} ${name}`, origin);
      return [];
    }
    const rule = `the ${kind} "${name}" is already there, from ${other}`;
    return [{ code: 'WB_PLUGIN_DUPLICATE', path: `${origin}#name`, rule } as const];
  });
}

const isLoaded = (value: Loaded | readonly PluginFault[]): value is Loaded => 'plugin' in value;

/** Finds, imports and checks every plugin. Throws a RegistryError that lists all faults. */
export async function loadRegistry(options: RegistryOptions): Promise<Registry> {
  // The hook slows down every later import, too: the plugins that come with the gateway do without it.
  const ownOnly = options.pluginDirs.every((dir) => resolve(dir) === builtInPluginDir());
  if (!ownOnly || options.packages.length > 0) shareContract();
  const found = [
    ...options.pluginDirs.map((dir) => inFolder(resolve(dir))),
    inPackages(options.packages, options.resolveFrom),
  ];
  const results = await Promise.all(found.flatMap(({ candidates }) => candidates).map(load));
  const loaded = results.filter(isLoaded);
  const faults = [
    ...found.flatMap((one) => one.faults),
    ...results.flatMap((result) => (isLoaded(result) ? [] : result)),
    ...duplicates(loaded),
  ];
  if (faults.length > 0) throw new RegistryError(faults);
  return new Registry(loaded);
}
