import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord, textAt } from '../../contract/read.js';
import type { SealModule, SourcePlugin, TargetPlugin } from '../../contract/index.js';
import { packageRoot } from '../demo/package-root.js';
import { failure, messageOf } from '../program/exit.js';

/** A plugin's folder, and where its compiled code lies. */
export interface PluginFolder {
  readonly plugin: SourcePlugin | TargetPlugin;
  readonly fixtures: string;
  readonly seal: SealModule | undefined;
  /** The source is newer than what was compiled of it. */
  readonly stale: boolean;
}

/** `dist/index.js` of a package, `dist/plugins/<name>/index.js` of ours, or the folder's own `index.js`. */
function codeOf(folder: string): string {
  const ours = path.join(packageRoot(), 'plugins', path.basename(folder));
  const candidates = [
    ...(path.resolve(folder) === ours
      ? [path.join(packageRoot(), 'dist/plugins', path.basename(folder), 'index.js')]
      : []),
    ...entryOf(folder),
    path.join(folder, 'dist/index.js'),
    path.join(folder, 'index.js'),
  ];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  const isPackage = existsSync(path.join(folder, 'package.json'));
  throw failure(
    `${folder} holds no compiled plugin`,
    path.resolve(folder) === ours || isPackage
      ? 'build it first: npm run build'
      : 'a plugin outside of plugins/ must be a package: waybill plugin new --package',
  );
}

function entryOf(folder: string): readonly string[] {
  const manifest = path.join(folder, 'package.json');
  if (!existsSync(manifest)) return [];
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  const exported =
    isRecord(parsed) && isRecord(parsed['exports']) ? parsed['exports']['.'] : undefined;
  const entry =
    typeof exported === 'string'
      ? exported
      : (textAt(exported, 'default') ?? textAt(parsed, 'main'));
  return entry === undefined ? [] : [path.join(folder, entry)];
}

/** The compiler leaves alone what would come out the same, and writes down when it was done. */
const builtAt = (code: string): number =>
  Math.max(changedAt(code), changedAt(path.join(packageRoot(), 'dist/.tsbuildinfo')));

const changedAt = (file: string): number => (existsSync(file) ? statSync(file).mtimeMs : 0);

/** Loads the plugin of a folder. Throws a failure that says what to do first. */
export async function loadPlugin(folder: string): Promise<PluginFolder> {
  if (!existsSync(folder)) throw failure(`there is no folder ${folder}`);
  const code = codeOf(folder);
  const seal = path.join(path.dirname(code), 'fixtures/seal.js');
  const load = async <T>(file: string): Promise<T> => {
    try {
      return (await import(pathToFileURL(file).href)) as T;
    } catch (error) {
      throw failure(`${file} cannot be loaded: ${messageOf(error)}`);
    }
  };
  const { default: plugin } = await load<{ default: SourcePlugin | TargetPlugin | undefined }>(
    code,
  );
  if (plugin?.kind !== 'source' && plugin?.kind !== 'target')
    throw failure(`${code} has no plugin as its default export`, 'see docs/plugins.md');
  return {
    plugin,
    fixtures: path.join(folder, 'fixtures'),
    seal: existsSync(seal) ? await load<SealModule>(seal) : undefined,
    stale: changedAt(path.join(folder, 'index.ts')) > builtAt(code),
  };
}
