import type { SourcePlugin, TargetPlugin } from '../contract/index.js';

/** Where a plugin came from: its file, or the package's name as configured. */
export interface Loaded {
  readonly plugin: SourcePlugin | TargetPlugin;
  readonly origin: string;
}

/** One line of the list of plugins, for the start-up log and the admin API. */
export interface PluginInfo {
  readonly kind: 'source' | 'target';
  readonly name: string;
  readonly label: string;
  /** Contract version that the plugin was written for. */
  readonly contract: string;
  readonly origin: string;
}

/** Every plugin of this process, checked and ready. Never changes after the boot. */
export class Registry {
  readonly sources: ReadonlyMap<string, SourcePlugin>;
  readonly targets: ReadonlyMap<string, TargetPlugin>;
  private readonly infos: readonly PluginInfo[];

  constructor(loaded: readonly Loaded[]) {
    const plugins = loaded.map(({ plugin }) => plugin);
    this.sources = new Map(
      plugins.flatMap((plugin) =>
        plugin.kind === 'source' ? [[plugin.name, plugin] as const] : [],
      ),
    );
    this.targets = new Map(
      plugins.flatMap((plugin) =>
        plugin.kind === 'target' ? [[plugin.name, plugin] as const] : [],
      ),
    );
    this.infos = loaded
      .map(({ plugin: { kind, name, label, contract }, origin }) => ({
        kind,
        name,
        label,
        contract,
        origin,
      }))
      .sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
  }

  /** The source of that name, as it stands in `/in/<name>/…`. */
  source(name: string): SourcePlugin | undefined {
    return this.sources.get(name);
  }

  target(name: string): TargetPlugin | undefined {
    return this.targets.get(name);
  }

  sourceNames(): string[] {
    return [...this.sources.keys()].sort();
  }

  targetNames(): string[] {
    return [...this.targets.keys()].sort();
  }

  /** Sources first, then targets, by name. */
  list(): readonly PluginInfo[] {
    return this.infos;
  }
}
