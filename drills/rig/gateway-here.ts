import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { ConfigurationReader } from '../../src/accounts/index.js';
import { startGateway, type Gateway } from '../../src/gateway.js';
import type { Clock } from '../../src/platform/clock/clock.js';
import { loadProcessConfig } from '../../src/platform/config/index.js';
import { OutboundGuard } from '../../src/platform/http/outbound-guard.js';
import { createLog } from '../../src/platform/log/log.js';
import { builtInPluginDir, loadRegistry } from '../../src/registry/index.js';

type Env = Readonly<Record<string, string>>;

const needed = (env: Env, name: string): string => {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

/**
 * The gateway as its main file starts it, in this process and by a clock of the drill's. `env` holds the settings of one
 * replica (`environment` of the world). Its log goes to `gateway.log` in the data directory.
 */
export async function startGatewayHere(env: Env, clock: Clock): Promise<Gateway> {
  const config = loadProcessConfig(env);
  const dirs = (env['WAYBILL_PLUGINS'] ?? '').split(',').filter((dir) => dir !== '');
  const registry = await loadRegistry({
    pluginDirs: [builtInPluginDir(), ...dirs],
    packages: [],
    resolveFrom: process.cwd(),
  });
  const reader = await ConfigurationReader.open({
    path: config.configPath,
    env,
    registry,
    production: false,
  });
  const gateway = await startGateway({
    config,
    registry,
    configuration: await reader.read([]),
    reader,
    guard: new OutboundGuard({ allowPrivate: config.allowPrivateTargets.entries }),
    log: createLog(config.logLevel, createWriteStream(path.join(config.dataDir, 'gateway.log'))),
    mongodbUri: needed(env, 'MONGODB_URI'),
    redisUrl: needed(env, 'REDIS_URL'),
    adminKey: needed(env, 'WAYBILL_ADMIN_KEY'),
    clock,
  });
  await gateway.prepared;
  return gateway;
}
