import { isRecord } from '#contract';
import { CidrList, ConfigError, type ConfigFault, type Env } from '../platform/config/index.js';
import { Configuration, maskSecrets } from './configuration.js';
import { deepFreeze } from './deep-freeze.js';
import { readLayers, whereOf, type Layers } from './layers.js';
import { looseEnds } from './loose-ends.js';
import type { PluginLookup } from './model.js';
import { plainHttpFault, type PlainHttpPolicy } from './outbound-url.js';
import { idsOf, readAccounts } from './read-accounts.js';
import { readOffers } from './read-offers.js';
import { readRoutes } from './read-routes.js';
import { readTargets } from './read-targets.js';
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
}

const SECTIONS = ['accounts', 'targets', 'routes', 'offers', 'programmes', 'plugins'];

const policyOf = (env: Env): PlainHttpPolicy => ({
  allowInsecureHttp: env['WAYBILL_ALLOW_INSECURE_HTTP']?.trim() === 'true',
  allowPrivateTargets: new CidrList(env['WAYBILL_ALLOW_PRIVATE_TARGETS'] ?? ''),
});

function scopeOf(
  { registry, production, env }: LoadOptions,
  { overridden, resolved }: Layers,
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
    sourced: new Map([...fromEnvironment, ...resolved.sourced]),
    secrets: new Set(resolved.secrets),
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
function finish(scope: Scope, layers: Layers): readonly ConfigFault[] {
  const unresolved = layers.resolved.faults.map((fault) => fault.path);
  const own = scope.reading.faults.filter(
    (fault) => !unresolved.some((place) => isPlace(fault.path, place)),
  );
  const secrets = [...scope.secrets].sort((a, b) => b.length - a.length);
  return [...layers.faults, ...own].map((fault) => {
    const where = whereOf(fault.path, layers);
    const rule = maskSecrets(fault.rule, secrets);
    return {
      ...fault,
      rule,
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

/**
 * Reads the configuration file, lays the environment's overrides over it, resolves references and checks
 * everything against the plugins.
 * @throws ConfigError with every fault at once: path, rule, place and mostly an example.
 */
export async function loadConfiguration(options: LoadOptions): Promise<Configuration> {
  const layers = await readLayers(options.path, options.env);
  if (layers.file.broken) throw new ConfigError(layers.faults);
  const scope = scopeOf(options, layers);
  const data = layers.resolved.data ?? {};
  if (!isRecord(data)) {
    throw new ConfigError([
      ...layers.faults,
      { path: layers.name, rule: `must be a map of: ${SECTIONS.join(', ')}` },
    ]);
  }
  const configuration = await build(scope.reading.map(data, '', SECTIONS), scope, options);
  const faults = finish(scope, layers);
  if (faults.length > 0) throw new ConfigError(faults);
  return configuration;
}
