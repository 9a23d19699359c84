import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { ConfigurationReader, referenceRule } from '../../src/accounts/index.js';
import type { BreakerSettings } from '../../src/deliver/breaker-rules.js';
import { startGateway, type Gateway } from '../../src/gateway.js';
import { LedgerStore } from '../../src/ledger/store.js';
import type { Clock } from '../../src/platform/clock/clock.js';
import { loadProcessConfig } from '../../src/platform/config/index.js';
import { OutboundGuard } from '../../src/platform/http/outbound-guard.js';
import { createLog } from '../../src/platform/log/log.js';
import type { SecretResolver } from '../../src/platform/secrets/found.js';
import { Registry } from '../../src/registry/index.js';
import type { SourcePlugin, TargetPlugin } from '../../src/contract/index.js';
import { askedTarget, heldTarget, hookTarget, sealToy, toySource, type ToySale } from './toys.js';

export const ADMIN_KEY = 'wbk_test-admin-key-0123456789';

export interface Stores {
  readonly mongodbUri: string;
  readonly redisUrl: string;
}

export interface Running {
  readonly gateway: Gateway;
  readonly ledger: LedgerStore;
  /** Everything that was logged. */
  readonly logged: string[];
  post(
    where: string,
    request: { body: string | Buffer; headers: Record<string, string> },
  ): Promise<{ status: number; body: string; headers: Headers }>;
  sale(payload: ToySale | string): Promise<{ status: number; body: string }>;
  stop(): Promise<void>;
}

let databases = 0;

/** A database of its own on the shared test store: `…/wbN?…`. */
export function freshDatabase(uri: string): string {
  databases += 1;
  const url = new URL(uri);
  url.pathname = `/wb${process.pid}x${databases}`;
  if (!url.searchParams.has('authSource')) url.searchParams.set('authSource', 'admin');
  return url.toString();
}

const registryOf = (plugins: readonly (SourcePlugin | TargetPlugin)[]): Registry =>
  new Registry(plugins.map((plugin) => ({ plugin, origin: 'test' })));

const TOYS = [toySource, hookTarget, askedTarget, heldTarget] as unknown as (
  SourcePlugin | TargetPlugin
)[];

/** The gateway in this process, on real stores, with toy plugins (or others), listening on a free port. */
export async function run(
  stores: Stores,
  yaml: string,
  options: {
    env?: Record<string, string>;
    plugins?: readonly (SourcePlugin | TargetPlugin)[];
    breaker?: Partial<BreakerSettings>;
    /** Instead of MongoDB's: lets days pass. */
    clock?: Clock;
    resolvers?: readonly SecretResolver[];
  } = {},
): Promise<Running> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-journey-'));
  const file = path.join(dir, 'waybill.yaml');
  fs.writeFileSync(file, yaml);
  const env = {
    PORT: '0',
    WAYBILL_DATA: dir,
    WAYBILL_CONFIG: file,
    WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
    WAYBILL_ADMIN_KEY: ADMIN_KEY,
    DRAIN_DELAY: '0',
    MONGODB_URI: stores.mongodbUri,
    REDIS_URL: stores.redisUrl,
    WAYBILL_LOG_LEVEL: 'debug',
    ...options.env,
  };
  const config = loadProcessConfig(env);
  const registry = registryOf(options.plugins ?? TOYS);
  const reader = await ConfigurationReader.open({
    ...{ path: file, env, registry, production: false },
    resolvers: options.resolvers ?? [],
    stored: { forbidden: referenceRule(config.secretFiles) },
  });
  const configuration = await reader.read([]);
  const guard = new OutboundGuard({ allowPrivate: config.allowPrivateTargets.entries });
  const logged: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString('utf8'));
      done();
    },
  });
  const gateway = await startGateway({
    config,
    registry,
    configuration,
    reader,
    guard,
    log: createLog(config.logLevel, sink),
    mongodbUri: stores.mongodbUri,
    redisUrl: stores.redisUrl,
    adminKey: ADMIN_KEY,
    ...(options.breaker ? { breaker: options.breaker } : {}),
    ...(options.clock ? { clock: options.clock } : {}),
  });
  const post: Running['post'] = async (where, request) => {
    const response = await fetch(`${gateway.url}${where}`, {
      method: 'POST',
      headers: request.headers,
      body: typeof request.body === 'string' ? request.body : new Uint8Array(request.body),
    });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };
  return {
    gateway,
    ledger: gateway.app.get(LedgerStore),
    logged,
    post,
    sale: (payload) => post('/in/toy/shop', sealToy(payload)),
    stop: async () => {
      await gateway.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Waits until a condition holds; fails loudly with what was last seen when it does not within `ms`. */
export async function until<T>(
  look: () => Promise<T> | T,
  good: (seen: T) => boolean,
  ms = 40_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    if (Date.now() > end) throw new Error(`still not: ${JSON.stringify(seen)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
