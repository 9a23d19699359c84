import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SealModule, SourcePlugin } from '../../contract/index.js';
import { nearest } from '../../platform/config/nearest.js';
import { loadSourceCases, type SourceCase } from '../../testing/index.js';
import { packageRoot } from '../demo/package-root.js';
import { usageFault } from '../program/exit.js';

/** What a source plugin ships for making real traffic: the twin of its `verify`, and its sample messages. */
export interface Kit {
  readonly network: string;
  readonly seal: SealModule;
  readonly cases: readonly SourceCase[];
}

const BUILT = 'dist/plugins';

/** Networks that can be played: their plugins have a twin. */
export function playable(root = packageRoot()): readonly string[] {
  const built = path.join(root, BUILT);
  if (!existsSync(built)) return [];
  return readdirSync(built)
    .filter((name) => existsSync(path.join(built, name, 'fixtures/seal.js')))
    .sort();
}

const imported = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(file).href)) as T;

function unknownNetwork(network: string, known: readonly string[]): Error {
  const meant = nearest(network, known);
  const fix =
    known.length === 0
      ? 'the plugins are not built: npm run build'
      : meant === undefined
        ? `there are ${known.join(', ')}`
        : `did you mean ${meant}?`;
  return usageFault(`there is no network "${network}" that can be played`, fix);
}

/** The kit of a network. Throws a usage fault that says what was probably meant. */
export async function loadKit(network: string): Promise<Kit> {
  const root = packageRoot();
  const known = playable(root);
  if (!known.includes(network)) throw unknownNetwork(network, known);
  const seal = await imported<SealModule>(path.join(root, BUILT, network, 'fixtures/seal.js'));
  const fixtures = path.join(root, 'plugins', network, 'fixtures');
  // A network that is only asked, and never calls, cannot be played at the door.
  const { methods } = await loadSource(network);
  const cases = methods.length > 0 && existsSync(fixtures) ? loadSourceCases(fixtures) : [];
  return { network, seal, cases };
}

/** The plugin itself, for reading what its twin made, or a captured request. */
export async function loadSource(network: string): Promise<SourcePlugin> {
  const file = path.join(packageRoot(), BUILT, network, 'index.js');
  const known = playable();
  if (!known.includes(network)) throw unknownNetwork(network, known);
  return (await imported<{ default: SourcePlugin }>(file)).default;
}
