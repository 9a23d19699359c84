import { isRecord } from '#contract';
import { CidrList, ConfigError, type ConfigFault, type Env } from '../platform/config/index.js';
import { Configuration, maskSecrets } from './configuration.js';
import { deepFreeze } from './deep-freeze.js';
import { readLayers, resolvedAnew, whereOf, type Layers } from './layers.js';
import { looseEnds } from './loose-ends.js';
import type { PluginLookup } from './model.js';
import { plainHttpFault, type PlainHttpPolicy } from './outbound-url.js';
import { idsOf, readAccounts } from './read-accounts.js';
import { readOffers } from './read-offers.js';
import { readRoutes } from './read-routes.js';
import { readTargets } from './read-targets.js';
import type { ReferenceSources, SecretResolver } from './references.js';
import { storedData, type Section, type StoredData, type StoredObject } from './stored-objects.js';
import { Reading, type Members } from './reading.js';
import type { Scope } from './scope.js';

export interface LoadOptions {
  /** The file; `null`: `waybill.yaml` in the working directory, and none at all is fine. */
  readonly path: string | null;
  readonly env: Env;
  readonly registry: PluginLookup;
  readonly production: boolean;
  /** A sentence when the gateway must not call this URL (the outbound guard's view), else undefined. May hold macros. */
  readonly checkUrl?: (url: string) => string | undefined | Promise<string | undefined>;
  /** Secrets managers, beside the environment and files. */
  readonly resolvers?: readonly SecretResolver[];
  /** What references of objects made through the admin API may not name. */
  readonly stored?: Pick<ReferenceSources, 'forbidden'>;
}

const SECTIONS = ['accounts', 'targets', 'routes', 'offers', 'programmes', 'plugins'];

const policyOf = (env: Env): PlainHttpPolicy => ({
  allowInsecureHttp: env['WAYBILL_ALLOW_INSECURE_HTTP']?.trim() === 'true',
  allowPrivateTargets: new CidrList(env['WAYBILL_ALLOW_PRIVATE_TARGETS'] ?? ''),
});

function scopeOf(
  { registry, production, env }: LoadOptions,
  { overridden, resolved }: Layers,
  stored: StoredData,
): Scope {
  const sockets = Number(env['WAYBILL_SOCKETS'] ?? '');
  const fromEnvironment = [...overridden.origins].map(([at, name]): [string, string] => [
    at,
    env[name] ?? '',
  ]);
  return {
    reading: new Reading(),
    registry,
    production,
    sourced: new Map([...fromEnvironment, ...resolved.sourced, ...stored.sourced]),
    secrets: new Set([...resolved.secrets, ...stored.secrets]),
    warnings: [],
    urls: [],
    publicUrl: (env['WAYBILL_PUBLIC_URL'] ?? '').trim().replace(/\/+$/, ''),
    defaultSockets: Number.isInteger(sockets) && sockets >= 1 ? sockets : 32,
  };
}

/** Every URL once by our plain-http rule and once by the injected judge. */
async function judgeUrls(scope: Scope, options: LoadOptions): Promise<void> {
  const policy = policyOf(options.env);
  for (const { path: at, url } of scope.urls) {
    const plain = plainHttpFault(url, policy);
    if (plain) scope.reading.fault(at, plain.rule, plain.example);
    const sentence = plain ? undefined : await options.checkUrl?.(url);
    if (sentence !== undefined) scope.reading.fault(at, sentence);
  }
}

const isPlace = (place: string, at: string): boolean =>
  place === at || at.startsWith(`${place}.`) || at.startsWith(`${place}[`);

/** Adds places, drops what only follows from a missing reference, and masks: no text of a fault holds a secret. */
function finish(scope: Scope, layers: Layers, stored: StoredData): readonly ConfigFault[] {
  const missing = [...layers.resolved.faults, ...stored.faults];
  const own = scope.reading.faults.filter(
    (fault) => !missing.some((place) => isPlace(fault.path, place.path)),
  );
  const secrets = [...scope.secrets].sort((a, b) => b.length - a.length);
  return [...layers.faults, ...stored.faults, ...own].map((fault) => {
    const named = stored.nameOf(fault.path);
    const where = named === undefined ? whereOf(fault.path, layers) : STORED;
    return {
      ...fault,
      path: named ?? fault.path,
      rule: maskSecrets(fault.rule, secrets),
      ...(where === undefined ? {} : { where }),
    };
  });
}

async function build(root: Members, scope: Scope, options: LoadOptions): Promise<Configuration> {
  const { reading } = scope;
  const plugins = readNames(reading, root['plugins']);
  const accounts = readAccounts(scope, root['accounts']);
  const targets = readTargets(scope, root['targets']);
  const known = { accounts: written(root['accounts']), targets: written(root['targets']) };
  const routes = readRoutes(scope, root['routes'], known, targets);
  const { offers, programmes } = readOffers(reading, root, policyOf(options.env), accounts);
  await judgeUrls(scope, options);
  const parts = {
    accounts,
    targets: targets.map(({ id, plugin, settings, options: own }) => ({
      id,
      plugin,
      settings,
      options: own,
    })),
    routes,
    offers,
    programmes,
    plugins,
  };
  deepFreeze([
    accounts.map((one) => [one.credentials, one.settings]),
    parts.targets.map((one) => [one.settings, one.options]),
    routes.map((one) => [...one.settingsFor.values()]),
  ]);
  return new Configuration({
    ...parts,
    referenced: [...scope.secrets],
    warnings: [...scope.warnings, ...looseEnds(parts)],
  });
}

/** An empty list says nothing, which is fine here. */
const readNames = (reading: Reading, value: unknown): readonly string[] =>
  Array.isArray(value) && value.length === 0
    ? []
    : (reading.texts(value, 'plugins', { example: '[waybill-plugin-acme]' }) ?? []);

const written = (section: unknown): readonly string[] =>
  idsOf(Array.isArray(section) ? section : []).filter((id) => id !== undefined);

/** Where a fault is when no line of the file can be named. */
const STORED = 'made through the admin API';

/**
 * The file, read once, and the check of everything that may stand beside it: the same reading code for what the file
 * says and for what the admin API was told.
 */
export class ConfigurationReader {
  private constructor(
    private readonly options: LoadOptions,
    private layers: Layers,
  ) {}

  /** Reads file, overrides and references. Faults are told by `read`. */
  static async open(options: LoadOptions): Promise<ConfigurationReader> {
    const { path: file, env, resolvers } = options;
    return new ConfigurationReader(options, await readLayers(file, env, resolvers));
  }

  get registry(): PluginLookup {
    return this.options.registry;
  }

  /** The items of a section as the file (or an override) writes them, references unresolved. */
  fileItems(section: Section): readonly unknown[] {
    const { data } = this.layers.overridden;
    const items = isRecord(data) ? data[section] : undefined;
    return Array.isArray(items) ? (items as unknown[]) : [];
  }

  /**
   * The whole configuration: the file's objects and these.
   * @throws ConfigError with every fault at once: path, rule, place and mostly an example.
   */
  async read(objects: readonly StoredObject[]): Promise<Configuration> {
    const { layers, options } = this;
    if (layers.file.broken) throw new ConfigError(layers.faults);
    const data = layers.resolved.data ?? {};
    if (!isRecord(data)) {
      const rule = `must be a map of: ${SECTIONS.join(', ')}`;
      throw new ConfigError([...layers.faults, { path: layers.name, rule }]);
    }
    const sources = { env: options.env, directory: layers.directory, ...options.stored };
    const resolvers = options.resolvers ?? [];
    const stored = await storedData(objects, data, { ...sources, resolvers });
    const scope = scopeOf(options, layers, stored);
    const root = scope.reading.map({ ...data, ...stored.lists }, '', SECTIONS);
    const configuration = await build(root, scope, options);
    const faults = finish(scope, layers, stored);
    if (faults.length > 0) throw new ConfigError(faults);
    return configuration;
  }

  /**
   * The whole configuration with every reference asked for anew, those of the file and of these objects; what was found is
   * kept for later reads. The file itself is not read again.
   * @throws ConfigError like `read`; then later reads go by what was found before.
   */
  async renewed(objects: readonly StoredObject[]): Promise<Configuration> {
    const { env, resolvers } = this.options;
    const layers = await resolvedAnew(this.layers, env, resolvers);
    const next = await new ConfigurationReader(this.options, layers).read(objects);
    this.layers = layers;
    return next;
  }
}

/**
 * Reads the configuration file, lays the environment's overrides over it, resolves references and checks
 * everything against the plugins.
 * @throws ConfigError with every fault at once: path, rule, place and mostly an example.
 */
export async function loadConfiguration(options: LoadOptions): Promise<Configuration> {
  return (await ConfigurationReader.open(options)).read([]);
}
