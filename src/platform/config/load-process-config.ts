import { checkSettings, fieldsOf, type Fault } from '#contract';
import { CidrList, commaList } from './cidr-list.js';
import { readDetours } from './detours.js';
import { ConfigError, type ConfigFault } from './config-error.js';
import { editDistance } from './nearest.js';
import type { ProcessConfig, VaultConfig } from './process-config.js';
import { ProcessSettings } from './process-settings.js';

/** Environment variables as a process sees them. */
export type Env = Readonly<Record<string, string | undefined>>;

const NAMES = fieldsOf(ProcessSettings).map((field) => field.name);

/** The check puts its root before every path; here the variable's name alone is the path. */
const atRoot = (fault: Fault): Fault => ({ ...fault, path: fault.path.replace(/^env\./, '') });

/**
 * A variable one or two letters away from a known one. Other unknown `WAYBILL_…` names are no fault: Kubernetes
 * makes some (`WAYBILL_SERVICE_HOST`) for a service of our name, and references in the file may use any name.
 */
function misspelt(env: Env): readonly Fault[] {
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('WAYBILL_') || name.startsWith('WAYBILL__') || NAMES.includes(name))
      return [];
    const meant = NAMES.find(
      (known) => known.startsWith('WAYBILL_') && editDistance(name, known) <= 2,
    );
    return meant === undefined
      ? []
      : [{ path: name, rule: `is not a setting; did you mean ${meant}?` }];
  });
}

const MIN_ADMIN_KEY = 16;

function productionFaults(settings: Partial<ProcessSettings>): readonly Fault[] {
  const faults: Fault[] = [];
  const needs = (path: 'MONGODB_URI' | 'REDIS_URL', example: string): void => {
    if (settings[path] !== undefined) return;
    const rule =
      'is required when NODE_ENV=production: embedded stores are for trial and small use';
    faults.push({ path, rule, example });
  };
  needs('MONGODB_URI', 'mongodb://db1.internal,db2.internal/waybill?replicaSet=rs0');
  needs('REDIS_URL', 'redis://cache.internal:6379/0');
  if (settings.WAYBILL_FAULT !== undefined) {
    faults.push({ path: 'WAYBILL_FAULT', rule: 'is refused when NODE_ENV=production' });
  }
  const key = settings.WAYBILL_ADMIN_KEY;
  if (key !== undefined && key.length < MIN_ADMIN_KEY) {
    const rule = `must have at least ${MIN_ADMIN_KEY} characters when NODE_ENV=production`;
    faults.push({ path: 'WAYBILL_ADMIN_KEY', rule, example: '$(openssl rand -base64 32)' });
  }
  return faults;
}

function publicUrlFaults(url: string | undefined): readonly Fault[] {
  if (url === undefined || !URL.canParse(url) || new URL(url).search === '') return [];
  const rule = 'must not hold a query';
  return [{ path: 'WAYBILL_PUBLIC_URL', rule, example: 'https://hooks.example.com' }];
}

const drainSeconds = (settings: ProcessSettings): number =>
  settings.DRAIN_DELAY ?? (settings.NODE_ENV === 'production' ? 10 : 0);

/** A database of production changes when somebody says so, not because a process was started. */
const migrateMode = (settings: ProcessSettings): ProcessConfig['migrate'] =>
  settings.WAYBILL_MIGRATE ?? (settings.NODE_ENV === 'production' ? 'manual' : 'auto');

function timingFaults(settings: ProcessSettings): readonly Fault[] {
  const drain = drainSeconds(settings);
  if (settings.SHUTDOWN_TIMEOUT > drain) return [];
  const rule = `must be longer than DRAIN_DELAY (${drain} s)`;
  return [{ path: 'SHUTDOWN_TIMEOUT', rule, example: String(drain + 35) }];
}

function vaultOf({
  VAULT_ADDR,
  VAULT_TOKEN,
  VAULT_NAMESPACE,
}: ProcessSettings): VaultConfig | null {
  if (VAULT_ADDR === undefined || VAULT_TOKEN === undefined) return null;
  const address = VAULT_ADDR.replace(/\/+$/, '');
  return { address, token: VAULT_TOKEN, namespace: VAULT_NAMESPACE ?? null };
}

const secretSources = (settings: ProcessSettings) => ({
  secretKeys: settings.WAYBILL_SECRET_KEYS ?? null,
  secretFiles: settings.WAYBILL_SECRET_FILES ?? null,
  secretRefreshMs: settings.WAYBILL_SECRET_REFRESH * 1000,
  vault: vaultOf(settings),
});

/** The token travels in a header: over plain http only to this machine. */
function vaultFaults(url: string | undefined): readonly Fault[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname))
    return [];
  const rule = 'must start with https://, except on this machine';
  return [{ path: 'VAULT_ADDR', rule, example: 'https://vault.internal:8200' }];
}

function toConfig(settings: ProcessSettings): ProcessConfig {
  const role = settings.WAYBILL_ROLE;
  return Object.freeze({
    production: settings.NODE_ENV === 'production',
    port: settings.PORT,
    host: settings.HOST,
    mongodbUri: settings.MONGODB_URI ?? null,
    redisUrl: settings.REDIS_URL ?? null,
    dataDir: settings.WAYBILL_DATA,
    configPath: settings.WAYBILL_CONFIG ?? null,
    adminKey: settings.WAYBILL_ADMIN_KEY ?? null,
    key: settings.WAYBILL_KEY ?? null,
    ...secretSources(settings),
    allowPrivateTargets: new CidrList(settings.WAYBILL_ALLOW_PRIVATE_TARGETS),
    connectTo: readDetours(settings.WAYBILL_CONNECT_TO),
    allowInsecureHttp: settings.WAYBILL_ALLOW_INSECURE_HTTP,
    publicUrl: (settings.WAYBILL_PUBLIC_URL ?? '').replace(/\/+$/, ''),
    role,
    servesHttp: role !== 'worker',
    delivers: role !== 'api',
    migrate: migrateMode(settings),
    logLevel: settings.WAYBILL_LOG_LEVEL,
    drainDelayMs: drainSeconds(settings) * 1000,
    shutdownTimeoutMs: settings.SHUTDOWN_TIMEOUT * 1000,
    trustProxy: new CidrList(settings.WAYBILL_TRUST_PROXY).entries,
    plugins: commaList(settings.WAYBILL_PLUGINS ?? ''),
    sockets: settings.WAYBILL_SOCKETS,
    fault: settings.WAYBILL_FAULT ?? null,
    cacheDir: settings.WAYBILL_CACHE ?? null,
    mongodPath: settings.WAYBILL_MONGOD ?? null,
    redisServerPath: settings.WAYBILL_REDIS_SERVER ?? null,
  });
}

/** A variable set to nothing counts as not set, as `NAME=` in a compose file means. */
const given = (env: Env): Record<string, string> =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = env[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );

/**
 * Reads and checks the process settings.
 * @throws ConfigError with every fault at once; the path of a fault is the variable's name.
 */
export function loadProcessConfig(env: Env): ProcessConfig {
  const data = given(env);
  const checked = checkSettings(ProcessSettings, data, 'env');
  const faults: ConfigFault[] = checked.ok ? [] : checked.faults.map(atRoot);
  if (checked.ok) faults.push(...timingFaults(checked.value));
  if (data['NODE_ENV'] === 'production')
    faults.push(...productionFaults(data as Partial<ProcessSettings>));
  faults.push(...publicUrlFaults(data['WAYBILL_PUBLIC_URL']), ...vaultFaults(data['VAULT_ADDR']));
  faults.push(...misspelt(env));
  if (faults.length > 0 || !checked.ok) throw new ConfigError(faults);
  return toConfig(checked.value);
}
