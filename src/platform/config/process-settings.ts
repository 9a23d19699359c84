import { Choice, Flag, Secret, Structured, Text, Url, Whole } from '#contract';
import { redisUrlFaults } from '../redis/redis-address.js';
import { keyRingFaults } from '../secrets/key-ring.js';
import { cidrFaults, proxyFaults } from './cidr-list.js';
import { detourFaults } from './detours.js';

export const ROLES = ['api', 'worker', 'all'] as const;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export const MIGRATES = ['auto', 'manual'] as const;
export const NODE_ENVS = ['development', 'test', 'production'] as const;

/**
 * The process settings, one field per environment variable, named as the variable. What every installation of the
 * same image may have different; what the gateway does stands in the configuration file.
 */
export class ProcessSettings {
  @Choice(NODE_ENVS, { label: 'Mode', optional: true, example: 'production' })
  NODE_ENV: (typeof NODE_ENVS)[number] = 'development';

  @Whole({
    label: 'Port to listen on; 0 takes a free one',
    optional: true,
    max: 65_535,
    example: 3000,
  })
  PORT = 3000;

  @Text({
    label: 'Address to listen on',
    optional: true,
    pattern: /^[A-Za-z0-9.:_-]{1,255}$/,
    patternRule: 'must be an IP address or a host name',
    example: '0.0.0.0',
  })
  HOST = '127.0.0.1';

  @Secret({
    label: 'MongoDB replica set; without it an embedded mongod is started',
    optional: true,
    pattern: /^mongodb(?:\+srv)?:\/\/[^\s/]+/,
    patternRule: 'must start with mongodb:// or mongodb+srv:// and name a host',
    example: 'mongodb://db1.internal,db2.internal/waybill?replicaSet=rs0',
  })
  MONGODB_URI?: string;

  @Structured({
    label: 'Redis, its Sentinels or its cluster; without it an embedded redis-server is started',
    optional: true,
    faults: redisUrlFaults,
    secretsIn: (value) => [String(value)],
    example: 'redis://cache.internal:6379/0',
  })
  REDIS_URL?: string;

  @Text({ label: 'Data directory', optional: true, example: '/var/lib/waybill' })
  WAYBILL_DATA = '.waybill';

  @Text({ label: 'Configuration file', optional: true, example: '/etc/waybill/waybill.yaml' })
  WAYBILL_CONFIG?: string;

  @Secret({
    label: 'First key of the admin API; without it one is made in the data directory',
    optional: true,
    pattern: /^[\x21-\x7e]+$/,
    patternRule: 'must be printable ASCII without spaces',
    example: '$(openssl rand -base64 32)',
  })
  WAYBILL_ADMIN_KEY?: string;

  @Secret({
    label: 'Key under which personal references are hashed, the same on every replica',
    optional: true,
    minLength: 32,
    example: '$(openssl rand -hex 32)',
  })
  WAYBILL_KEY?: string;

  @Structured({
    label: 'Keys that encrypt stored secrets, newest first, the same on every replica',
    optional: true,
    faults: keyRingFaults,
    secretsIn: (value) => [String(value)],
    example: '2026-11:$(openssl rand -base64 32)',
  })
  WAYBILL_SECRET_KEYS?: string;

  @Text({
    label: 'Directory from which the admin API may reference secret files',
    optional: true,
    example: '/run/secrets/waybill',
  })
  WAYBILL_SECRET_FILES?: string;

  @Whole({
    label: 'Seconds after which references are read again',
    optional: true,
    min: 10,
    max: 86_400,
    example: 300,
  })
  WAYBILL_SECRET_REFRESH = 300;

  @Url({ label: 'HashiCorp Vault', optional: true, example: 'https://vault.internal:8200' })
  VAULT_ADDR?: string;

  @Secret({ label: 'Token for Vault', optional: true })
  VAULT_TOKEN?: string;

  @Text({ label: 'Namespace in Vault', optional: true, example: 'marketing' })
  VAULT_NAMESPACE?: string;

  @Structured({
    label: 'Private address ranges that targets may have',
    optional: true,
    faults: cidrFaults,
    example: '127.0.0.0/8,::1/128',
  })
  WAYBILL_ALLOW_PRIVATE_TARGETS = '';

  @Structured({
    label: 'Where to connect instead of where a name leads',
    optional: true,
    faults: detourFaults,
    example: 'api.partner.example:443=192.0.2.7:8443',
  })
  WAYBILL_CONNECT_TO = '';

  @Flag({ label: 'Allow plain http:// to targets', optional: true, example: 'true' })
  WAYBILL_ALLOW_INSECURE_HTTP = false;

  @Url({
    label: 'Address under which the outside reaches this gateway',
    optional: true,
    example: 'https://hooks.example.com',
  })
  WAYBILL_PUBLIC_URL?: string;

  @Choice(ROLES, { label: 'What this process does', optional: true, example: 'all' })
  WAYBILL_ROLE: (typeof ROLES)[number] = 'all';

  @Choice(MIGRATES, {
    label: 'Whether a starting process migrates the database, or waits until that was done',
    optional: true,
    example: 'manual',
  })
  WAYBILL_MIGRATE?: (typeof MIGRATES)[number];

  @Choice(LOG_LEVELS, { label: 'Least level that is logged', optional: true, example: 'info' })
  WAYBILL_LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  @Whole({
    label: 'Seconds between "not ready" and closing the door',
    optional: true,
    max: 300,
    example: 10,
  })
  DRAIN_DELAY?: number;

  @Whole({
    label: 'Seconds from SIGTERM to the hard stop',
    optional: true,
    min: 1,
    max: 3600,
    example: 45,
  })
  SHUTDOWN_TIMEOUT = 45;

  @Structured({
    label: 'Address ranges of the load balancer, whose X-Forwarded-For is believed',
    optional: true,
    faults: proxyFaults,
    example: '10.0.0.0/8',
  })
  WAYBILL_TRUST_PROXY = '';

  @Text({
    label: 'More plugins: directories or packages, comma-separated',
    optional: true,
    example: './my-plugins',
  })
  WAYBILL_PLUGINS?: string;

  @Whole({
    label: 'Open connections per target, where the target does not say',
    optional: true,
    min: 1,
    max: 256,
    example: 32,
  })
  WAYBILL_SOCKETS = 32;

  @Text({
    label: 'Crash point, or next-schema, for drills; refused in production',
    optional: true,
    maxLength: 200,
  })
  WAYBILL_FAULT?: string;

  @Text({
    label: 'Directory of downloaded store binaries',
    optional: true,
    example: '/var/cache/waybill',
  })
  WAYBILL_CACHE?: string;

  @Text({
    label: 'mongod binary of the embedded store',
    optional: true,
    example: '/usr/bin/mongod',
  })
  WAYBILL_MONGOD?: string;

  @Text({
    label: 'redis-server binary of the embedded store',
    optional: true,
    example: '/usr/bin/redis-server',
  })
  WAYBILL_REDIS_SERVER?: string;
}
