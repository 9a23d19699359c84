import { isRecord, type TargetPlugin } from '#contract';
import { suggestion } from '../platform/config/index.js';
import type { Target, TargetOptions } from './model.js';
import { readSettings } from './plugin-settings.js';
import type { Members } from './reading.js';
import type { Scope } from './scope.js';
import { idsOf } from './read-accounts.js';

const LIMITS = ['sockets', 'ratePerSecond', 'burst'];
const MEMBERS = ['id', 'target', 'settings', ...LIMITS, 'test', 'orphanReversals'];

/** A target with the plain settings it was made from: routes lay theirs over these. */
export interface ReadTarget extends Target {
  readonly plain: Members;
}

/** The plugin's own cheap check beyond its settings class. */
export function lintTarget(
  scope: Scope,
  plugin: TargetPlugin,
  settings: object,
  path: string,
): void {
  try {
    for (const sentence of plugin.lint?.(settings) ?? []) scope.reading.fault(path, sentence);
  } catch {
    scope.reading.fault(path, "could not be judged: the plugin's lint threw (WB_PLUGIN_THREW)");
  }
}

function readOptions(scope: Scope, members: Members, path: string): TargetOptions {
  const { reading } = scope;
  const sockets = { min: 1, max: 256, whole: true, example: '32' };
  const rate = { min: 0.01, max: 10_000, whole: false, example: '5' };
  const many = { min: 1, max: 10_000, whole: true, example: '10' };
  const orphans = members['orphanReversals'];
  const ratePerSecond =
    reading.number(members['ratePerSecond'], `${path}.ratePerSecond`, rate) ?? null;
  const burst = reading.number(members['burst'], `${path}.burst`, many);
  if (burst !== undefined && members['ratePerSecond'] === undefined)
    reading.fault(`${path}.burst`, 'means nothing without ratePerSecond');
  return {
    sockets: reading.number(members['sockets'], `${path}.sockets`, sockets) ?? scope.defaultSockets,
    ratePerSecond,
    ...(burst === undefined ? {} : { burst }),
    test: reading.flag(members['test'], `${path}.test`, false),
    orphanReversals: reading.choice(orphans, `${path}.orphanReversals`, ['skip', 'send']) ?? 'skip',
  };
}

function findTarget(
  scope: Scope,
  name: string | undefined,
  path: string,
): TargetPlugin | undefined {
  if (name === undefined) return undefined;
  const plugin = scope.registry.target(name);
  if (plugin) return plugin;
  const hint = scope.registry.source(name) ? 'it is a source; ' : '';
  const known = suggestion(name, scope.registry.targetNames());
  return scope.reading.fault(path, `names no target plugin; ${hint}${known}`);
}

function readTarget(scope: Scope, members: Members, path: string): ReadTarget | undefined {
  const { reading } = scope;
  const id = reading.id(members['id'], `${path}.id`, 'tracker');
  const name = reading.text(members['target'], `${path}.target`, {
    required: true,
    example: 'postback',
  });
  const options = readOptions(scope, members, path);
  const plugin = findTarget(scope, name, `${path}.target`);
  if (!plugin) return undefined;
  const settings = readSettings(scope, plugin.settings, members['settings'], `${path}.settings`);
  if (settings) lintTarget(scope, plugin, settings, `${path}.settings`);
  if (id === undefined || settings === undefined) return undefined;
  const given = members['settings'];
  return { id, plugin, settings, options, plain: isRecord(given) ? given : {} };
}

/** Reads `targets`; a target with a fault is left out of the answer, its faults are noted. */
export function readTargets(scope: Scope, value: unknown): readonly ReadTarget[] {
  const { reading } = scope;
  const items = reading
    .list(value, 'targets')
    .map((item, index) => reading.map(item, `targets[${index}]`, MEMBERS));
  reading.unique(idsOf(items), (index) => `targets[${index}].id`);
  return items.flatMap((members, index) => readTarget(scope, members, `targets[${index}]`) ?? []);
}
