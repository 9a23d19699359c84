import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.js';
import { describeProcessConfig, processSecrets } from './describe-process-config.js';
import { loadProcessConfig, type Env } from './load-process-config.js';

const STORES = {
  MONGODB_URI: 'mongodb://u:p%40ss@db/waybill',
  REDIS_URL: 'redis://:r3dis@cache:6379/0',
};
const PRODUCTION = { NODE_ENV: 'production', ...STORES };

function errorOf(env: Env): ConfigError {
  try {
    loadProcessConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('the settings were accepted');
}

const linesOf = (env: Env): readonly string[] =>
  errorOf(env).faults.map(({ path, rule }) => `${path}: ${rule}`);

describe('process settings', () => {
  it('have defaults fit for a trial on one machine', () => {
    const { allowPrivateTargets, connectTo, ...rest } = loadProcessConfig({
      PATH: '/bin',
      HOST: ' ',
    });
    expect([allowPrivateTargets.isEmpty, connectTo.size]).toEqual([true, 0]);
    expect(rest).toEqual({
      production: false,
      port: 3000,
      host: '127.0.0.1',
      mongodbUri: null,
      redisUrl: null,
      dataDir: '.waybill',
      configPath: null,
      adminKey: null,
      key: null,
      cacheDir: null,
      allowInsecureHttp: false,
      publicUrl: '',
      role: 'all',
      secretFiles: null,
      secretKeys: null,
      secretRefreshMs: 300_000,
      vault: null,
      servesHttp: true,
      delivers: true,
      logLevel: 'info',
      migrate: 'auto',
      drainDelayMs: 0,
      shutdownTimeoutMs: 45_000,
      trustProxy: [],
      plugins: [],
      sockets: 32,
      fault: null,
      mongodPath: null,
      redisServerPath: null,
    });
  });

  it('are read from texts into what the gateway uses', () => {
    const config = loadProcessConfig({
      ...PRODUCTION,
      PORT: '8080',
      HOST: '0.0.0.0',
      WAYBILL_PUBLIC_URL: 'https://hooks.example.com/',
      WAYBILL_ROLE: 'worker',
      WAYBILL_ALLOW_INSECURE_HTTP: 'true',
      WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8, ::1/128',
      WAYBILL_TRUST_PROXY: '10.0.0.0/8,192.0.2.7',
      WAYBILL_PLUGINS: './mine, waybill-plugin-acme',
      SHUTDOWN_TIMEOUT: '60',
      WAYBILL_SOCKETS: '256',
    });
    expect(config).toMatchObject({
      production: true,
      port: 8080,
      host: '0.0.0.0',
      publicUrl: 'https://hooks.example.com',
      servesHttp: false,
      delivers: true,
      allowInsecureHttp: true,
      trustProxy: ['10.0.0.0/8', '192.0.2.7'],
      plugins: ['./mine', 'waybill-plugin-acme'],
      drainDelayMs: 10_000,
      shutdownTimeoutMs: 60_000,
      sockets: 256,
    });
    expect(config.allowPrivateTargets.contains('127.8.8.8')).toBe(true);
  });

  it.each([
    [{ PORT: '70000' }, 'PORT: must not be greater than 65535'],
    [{ PORT: 'http' }, 'PORT: must be an integer number'],
    [{ PORT: '-1' }, 'PORT: must not be less than 0'],
    [{ HOST: 'a b' }, 'HOST: must be an IP address or a host name'],
    [{ NODE_ENV: 'prod' }, 'NODE_ENV: must be one of'],
    [{ MONGODB_URI: 'db:27017' }, 'MONGODB_URI: must start with mongodb://'],
    [{ REDIS_URL: 'cache:6379' }, 'REDIS_URL: must start with redis://'],
    [{ WAYBILL_ADMIN_KEY: 'two words' }, 'WAYBILL_ADMIN_KEY: must be printable ASCII'],
    [
      { WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,10.0.0.0/33' },
      'WAYBILL_ALLOW_PRIVATE_TARGETS: "10.0.0.0/33" is no address range',
    ],
    [
      { WAYBILL_CONNECT_TO: 'a.example:443=127.0.0.1:8443,a.example=10.0.0.1' },
      'WAYBILL_CONNECT_TO: "a.example=10.0.0.1" is not name:port=address:port',
    ],
    [
      { WAYBILL_ALLOW_INSECURE_HTTP: 'yes' },
      'WAYBILL_ALLOW_INSECURE_HTTP: must be a boolean value',
    ],
    [{ WAYBILL_PUBLIC_URL: 'hooks.example.com' }, 'WAYBILL_PUBLIC_URL: must be an absolute URL'],
    [{ WAYBILL_PUBLIC_URL: 'https://a.example/?b=c' }, 'WAYBILL_PUBLIC_URL: must not hold a query'],
    [{ WAYBILL_KEY: 'short' }, 'WAYBILL_KEY: must be longer than or equal to 32 characters'],
    [{ WAYBILL_ROLE: 'master' }, 'WAYBILL_ROLE: must be one of'],
    [{ WAYBILL_LOG_LEVEL: 'loud' }, 'WAYBILL_LOG_LEVEL: must be one of'],
    [{ DRAIN_DELAY: '301' }, 'DRAIN_DELAY: must not be greater than 300'],
    [{ SHUTDOWN_TIMEOUT: '0' }, 'SHUTDOWN_TIMEOUT: must not be less than 1'],
    [
      { SHUTDOWN_TIMEOUT: '10', DRAIN_DELAY: '10' },
      'SHUTDOWN_TIMEOUT: must be longer than DRAIN_DELAY (10 s)',
    ],
    [{ WAYBILL_TRUST_PROXY: '0.0.0.0/0' }, 'WAYBILL_TRUST_PROXY: must not trust every address'],
    [{ WAYBILL_SOCKETS: '257' }, 'WAYBILL_SOCKETS: must not be greater than 256'],
    [{ WAYBILL_CONFG: 'x.yaml' }, 'WAYBILL_CONFG: is not a setting; did you mean WAYBILL_CONFIG?'],
    [{ NODE_ENV: 'production' }, 'MONGODB_URI: is required when NODE_ENV=production'],
    [{ NODE_ENV: 'production' }, 'REDIS_URL: is required when NODE_ENV=production'],
    [
      { ...PRODUCTION, WAYBILL_FAULT: 'after-send' },
      'WAYBILL_FAULT: is refused when NODE_ENV=production',
    ],
    [
      { ...PRODUCTION, WAYBILL_ADMIN_KEY: 'short' },
      'WAYBILL_ADMIN_KEY: must have at least 16 characters',
    ],
  ])('fault of %j', (env, expected) => {
    expect(linesOf(env as Env)).toContainEqual(expect.stringContaining(expected));
  });

  it('leave the names alone that Kubernetes makes for a service called waybill', () => {
    const env = {
      WAYBILL_SERVICE_HOST: '10.0.0.1',
      WAYBILL_PORT: 'tcp://10.0.0.1:3000',
      WAYBILL_PORT_3000_TCP_ADDR: '10.0.0.1',
      WAYBILL__targets__0__id: 'x',
    };
    expect(loadProcessConfig(env).port).toBe(3000);
  });

  it('come with every fault at once, in one block', () => {
    const error = errorOf({
      NODE_ENV: 'production',
      PORT: 'x',
      WAYBILL_ROLE: 'boss',
      WAYBILL_FAULT: 'y',
    });
    expect(error.code).toBe('WB_CONFIG_INVALID');
    expect(error.message.split('\n')).toEqual([
      'WB_CONFIG_INVALID: 5 faults in the configuration. Nothing was started.',
      '',
      expect.stringMatching(/^ {2}PORT: .*must be an integer number/),
      '      example: 3000',
      '  WAYBILL_ROLE: must be one of the following values: api, worker, all',
      '      example: all',
      expect.stringMatching(/^ {2}MONGODB_URI: is required/),
      expect.stringContaining('example: mongodb://'),
      expect.stringMatching(/^ {2}REDIS_URL: is required/),
      expect.stringContaining('example: redis://'),
      '  WAYBILL_FAULT: is refused when NODE_ENV=production',
      '',
      'Correct these and start again. Every setting is described in docs/configuration.md.',
    ]);
  });

  it('never show a secret, neither right nor wrong', () => {
    const error = errorOf({
      MONGODB_URI: 'http://u:hunter2@db',
      WAYBILL_ADMIN_KEY: 'hunter2 hunter2',
    });
    expect(inspect(error)).not.toContain('hunter2');
    const config = loadProcessConfig({
      ...PRODUCTION,
      WAYBILL_ADMIN_KEY: 'hunter2-hunter2-hunter2',
      WAYBILL_KEY: 'hunter2'.repeat(5),
    });
    const shown = JSON.stringify(describeProcessConfig(config));
    expect(shown).not.toMatch(/hunter2|p%40ss|r3dis/);
    expect(shown).toContain('mongodb://db/waybill');
    expect(processSecrets(config)).toEqual([
      'p%40ss',
      'p@ss',
      'r3dis',
      'hunter2-hunter2-hunter2',
      'hunter2'.repeat(5),
    ]);
  });
});
