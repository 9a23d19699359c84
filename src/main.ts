import path from 'node:path';
import {
  ConfigurationReader,
  readPluginNames,
  referenceRule,
  SecretKeyError,
  type Configuration,
} from './accounts/index.js';
import { startGateway, type Gateway } from './gateway.js';
import { migrateStep } from './migrate-step.js';
import {
  ConfigError,
  loadProcessConfig,
  readCommandLine,
  type CommandLine,
  type ConfigFault,
  type Env,
  type MigrateOrder,
  type ProcessConfig,
} from './platform/config/index.js';
import { startEmbeddedStores, StoreError, type EmbeddedStores } from './platform/embedded/index.js';
import { OutboundGuard } from './platform/http/outbound-guard.js';
import { createLog, type Log } from './platform/log/log.js';
import { KeyFileError } from './platform/secrets/key-file.js';
import { secretResolvers } from './platform/secrets/resolvers.js';
import { loadAdminKey, type AdminKey } from './platform/secrets/admin-key.js';
import { builtInPluginDir, loadRegistry, RegistryError, type Registry } from './registry/index.js';

const EXIT_FAULT = 1;

interface Loaded {
  /** Undefined: run the gateway. */
  readonly migrate: MigrateOrder | undefined;
  readonly config: ProcessConfig;
  readonly registry: Registry;
  readonly configuration: Configuration;
  readonly reader: ConfigurationReader;
  readonly guard: OutboundGuard;
  readonly log: Log;
}

function splitPlugins(names: readonly string[]): { dirs: string[]; packages: string[] } {
  const isDir = (name: string): boolean => name.startsWith('.') || path.isAbsolute(name);
  return {
    dirs: names.filter(isDir).map((name) => path.resolve(name)),
    packages: names.filter((name) => !isDir(name)),
  };
}

/** The process settings, or their faults: the file is read all the same, so that everything is told at once. */
function processConfig(given: CommandLine): {
  config: ProcessConfig;
  faults: readonly ConfigFault[];
} {
  const env: Env = { ...process.env, ...given.env };
  try {
    return { config: loadProcessConfig(env), faults: given.faults };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = new Set(error.faults.map((fault) => fault.path));
    const right = Object.entries(env).filter(([name]) => !wrong.has(name));
    // What is left may still be wrong together; then there is nothing more to say.
    const faults = [...given.faults, ...error.faults];
    return { config: loadProcessConfig(withoutProduction(right)), faults };
  }
}

/** Requirements of production were told already; without the word the rest can be read. */
const withoutProduction = (env: readonly (readonly [string, string | undefined])[]): Env =>
  Object.fromEntries(env.filter(([name]) => name !== 'NODE_ENV'));

async function openReader(
  config: ProcessConfig,
  registry: Registry,
  guard: OutboundGuard,
  log: Log,
): Promise<ConfigurationReader> {
  return ConfigurationReader.open({
    path: config.configPath,
    env: process.env,
    registry,
    production: process.env['NODE_ENV'] === 'production',
    checkUrl: (url) => guardSentence(guard, url),
    resolvers: secretResolvers({
      config,
      env: process.env,
      onStale: (reference, rule) =>
        log.warn(
          { code: 'WB_SECRET_STALE', reference, rule },
          'the value read before stays in use',
        ),
    }),
    stored: { forbidden: referenceRule(config.secretFiles) },
  });
}

/** Everything that can be wrong is found here, before a store is started or a port opened. */
async function load(): Promise<Loaded> {
  const given = readCommandLine(process.argv.slice(2));
  const { config, faults } = processConfig(given);
  const named = await readPluginNames(config.configPath, process.env);
  const { dirs, packages } = splitPlugins([...config.plugins, ...named]);
  const registry = await loadRegistry({
    pluginDirs: [builtInPluginDir(), ...dirs],
    packages,
    resolveFrom: process.cwd(),
  });
  const guard = new OutboundGuard({
    allowPrivate: config.allowPrivateTargets.entries,
    allowInsecureHttp: config.allowInsecureHttp,
    connectTo: config.connectTo,
  });
  const log = createLog(config.logLevel);
  const reader = await openReader(config, registry, guard, log);
  const configuration = await reader.read([]).catch((error: unknown) => {
    throw error instanceof ConfigError ? new ConfigError([...faults, ...error.faults]) : error;
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return { config, registry, configuration, reader, guard, log, migrate: given.migrate };
}

/** The guard's view of a URL that may still hold macros. */
function guardSentence(guard: OutboundGuard, url: string): string | undefined {
  const checked = guard.checkUrl(url.replace(/\{[^{}]*\}/g, 'x'));
  return checked.ok ? undefined : checked.message;
}

async function openStores(
  config: ProcessConfig,
  log: Log,
  onlyMongo = false,
): Promise<EmbeddedStores> {
  return startEmbeddedStores({
    onlyMongo,
    dataDir: path.resolve(config.dataDir),
    env: process.env,
    log: (line: string) => log.info(line),
  });
}

function greet(gateway: Gateway, loaded: Loaded, stores: EmbeddedStores, key: AdminKey): void {
  const { config, registry, configuration } = loaded;
  const { mongo, redis } = stores.started;
  const names = registry.list().map((plugin) => plugin.name);
  const stored =
    mongo || redis
      ? `embedded (${[mongo && 'MongoDB', redis && 'Redis'].filter(Boolean).join(' and ')}) in ${path.resolve(config.dataDir)}`
      : 'given by MONGODB_URI and REDIS_URL';
  const lines = [
    `Waybill is running at ${gateway.url}   (role ${config.role})`,
    `  stores    ${stored}`,
    `  plugins   ${names.join(', ')}`,
    `  flow      ${configuration.accounts.length} accounts, ${configuration.routes.length} routes, ${configuration.targets.length} targets`,
    key.file === null
      ? '  admin     key from WAYBILL_ADMIN_KEY'
      : `  admin     key in ${path.resolve(key.file)}${key.made && process.stdout.isTTY ? `: ${key.value}` : ''}`,
    ...configuration.warnings.map((warning) => `  warning   ${warning}`),
    ...(configuration.accounts.length === 0
      ? [
          '',
          'Nothing is connected yet. Write a first waybill.yaml with npx waybill init, or see it at work: npm run demo',
        ]
      : doors(gateway, loaded)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function doors(gateway: Gateway, { config, configuration }: Loaded): readonly string[] {
  if (!config.servesHttp) return ['  listens   for probes and the admin API only'];
  return configuration.accounts.map(
    (account) => `  listens   ${gateway.url}/in/${account.source.name}/${account.id}`,
  );
}

/** Hard stop when a drain takes longer than promised. Answers whether the process is on its way out. */
function onSignals(
  gateway: Gateway,
  stores: EmbeddedStores,
  config: ProcessConfig,
  log: Log,
): () => boolean {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    const hard = setTimeout(() => {
      log.error({ code: 'WB_SHUTDOWN_TIMEOUT' }, 'the drain took too long');
      process.exit(EXIT_FAULT);
    }, config.shutdownTimeoutMs);
    hard.unref();
    log.info({ signal }, 'stopping');
    void gateway
      .stop()
      .then(() => stores.stop())
      .then(
        () => log.flush(() => process.exit(0)),
        (error: unknown) => {
          log.error({ err: error instanceof Error ? error.message : 'unknown' }, 'stopping failed');
          process.exit(EXIT_FAULT);
        },
      );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  return () => stopping;
}

/** The step before a new version runs. Everything was checked that a start checks. */
async function migrateOnly(config: ProcessConfig, order: MigrateOrder, log: Log): Promise<void> {
  const stores = await openStores(config, log, true);
  try {
    process.exitCode = await migrateStep(stores.mongodbUri, config, order);
  } finally {
    await stores.stop();
  }
}

async function main(): Promise<void> {
  const loaded = await load();
  const { config, log, migrate } = loaded;
  if (migrate) return migrateOnly(config, migrate, createLog('silent'));
  const key = loadAdminKey(config.dataDir, config.adminKey);
  const stores = await openStores(config, log);
  try {
    const gateway = await startGateway({
      ...loaded,
      mongodbUri: stores.mongodbUri,
      redisUrl: stores.redisUrl,
      adminKey: key.value,
    });
    const leaving = onSignals(gateway, stores, config, log);
    await gateway.prepared.catch(async (error: unknown) => {
      await gateway.stop();
      throw error;
    });
    if (!leaving()) greet(gateway, loaded, stores, key);
  } catch (error) {
    await stores.stop();
    throw error;
  }
}

main().catch((error: unknown) => {
  const known = [ConfigError, StoreError, RegistryError, KeyFileError, SecretKeyError].some(
    (kind) => error instanceof kind,
  );
  const text = error instanceof Error ? (known ? error.message : error.stack) : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = EXIT_FAULT;
});
