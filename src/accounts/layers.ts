import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isRecord } from '#contract';
import type { ConfigFault, Env } from '../platform/config/index.js';
import { applyOverrides, type Overridden } from './overrides.js';
import { Reading } from './reading.js';
import { resolveReferences, type Resolved, type SecretResolver } from './references.js';
import { readYaml, type YamlFile } from './yaml-file.js';

const DEFAULT_FILE = 'waybill.yaml';
const MAX_BYTES = 1024 * 1024;

/** The text of the file, '' when the default one is not there. */
async function fileText(file: string | null): Promise<{ text: string; faults: ConfigFault[] }> {
  try {
    const text = await readFile(file ?? DEFAULT_FILE, 'utf8');
    if (text.length <= MAX_BYTES) return { text, faults: [] };
    return { text: '', faults: [{ path: file ?? DEFAULT_FILE, rule: 'is larger than 1 MiB' }] };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    if (file === null && code === 'ENOENT') return { text: '', faults: [] };
    const rule = `names ${file ?? DEFAULT_FILE}, which cannot be read (${code})`;
    return { text: '', faults: [{ path: 'WAYBILL_CONFIG', rule }] };
  }
}

/** File, overrides and references, in this order; the data may still be wrong. */
export interface Layers {
  readonly name: string;
  /** Where relative references start. */
  readonly directory: string;
  readonly file: YamlFile;
  readonly overridden: Overridden;
  readonly resolved: Resolved;
  readonly faults: readonly ConfigFault[];
}

/** Reads all three. Never throws: what is wrong is in `faults`. */
export async function readLayers(
  file: string | null,
  env: Env,
  resolvers: readonly SecretResolver[] = [],
): Promise<Layers> {
  const { text, faults } = await fileText(file);
  const yaml = readYaml(text);
  const name = path.basename(file ?? DEFAULT_FILE);
  const overridden = applyOverrides(yaml.data, env);
  const directory = path.dirname(path.resolve(file ?? DEFAULT_FILE));
  const resolved = await resolveReferences(overridden.data, { env, directory, resolvers });
  const syntax = yaml.faults.map((fault) => ({ ...fault, path: `${name} ${fault.path}` }));
  return {
    name,
    directory,
    file: yaml,
    overridden,
    resolved,
    faults: [...faults, ...syntax, ...overridden.faults, ...resolved.faults],
  };
}

/** The same file and overrides with every reference asked for anew; faults of references only. */
export async function resolvedAnew(
  layers: Layers,
  env: Env,
  resolvers: readonly SecretResolver[] = [],
): Promise<Layers> {
  const { overridden, directory } = layers;
  const resolved = await resolveReferences(overridden.data, { env, directory, resolvers });
  return { ...layers, resolved, faults: resolved.faults };
}

const parentOf = (place: string): string =>
  place.slice(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['), 0));

/** The line, or the variable, of the place itself or of the nearest one around it. */
export function whereOf(at: string, { name, file, overridden }: Layers): string | undefined {
  for (let place = at; place !== ''; place = parentOf(place)) {
    const variable = overridden.origins.get(place);
    if (variable !== undefined) return `set by ${variable}`;
    const line = file.lines.get(place);
    if (line !== undefined) return `${name} line ${line}`;
  }
  return undefined;
}

/**
 * The plugins that the file names, for the registry, which must exist before the rest can be checked. Never throws:
 * whatever is wrong with the file, `loadConfiguration` says.
 */
export async function readPluginNames(file: string | null, env: Env): Promise<readonly string[]> {
  const { resolved } = await readLayers(file, env);
  const named = isRecord(resolved.data) ? new Reading().texts(resolved.data['plugins'], '') : [];
  return (named ?? []).filter((name) => !name.includes('${'));
}
