import type { CidrList } from './cidr-list.js';
import type { Detours } from './detours.js';
import type { LOG_LEVELS, MIGRATES, ROLES } from './process-settings.js';

export interface VaultConfig {
  /** Without a slash at the end. */
  readonly address: string;
  readonly token: string;
  readonly namespace: string | null;
}

/**
 * The checked process settings. Abstract class and not interface, so that it is also the token by which the platform
 * module provides it; `loadProcessConfig` makes the only kind of object there is.
 */
export abstract class ProcessConfig {
  abstract readonly production: boolean;
  abstract readonly port: number;
  abstract readonly host: string;
  /** `null`: start the embedded store. Never null in production. May hold a password. */
  abstract readonly mongodbUri: string | null;
  abstract readonly redisUrl: string | null;
  /** As given; relative to the working directory. */
  abstract readonly dataDir: string;
  /** `null`: `waybill.yaml` in the working directory, if it is there. */
  abstract readonly configPath: string | null;
  abstract readonly adminKey: string | null;
  /** Key under which personal references are hashed; `null`: the one in the data directory. */
  abstract readonly key: string | null;
  /** Keys that wrap the data keys of stored secrets, `id:base64,…`; `null`: the file in the data directory. */
  abstract readonly secretKeys: string | null;
  /** Below which `${file:…}` of the admin API may lie; `null`: nowhere. */
  abstract readonly secretFiles: string | null;
  /** References are read again after so many milliseconds. */
  abstract readonly secretRefreshMs: number;
  /** Null unless both address and token are given. */
  abstract readonly vault: VaultConfig | null;
  abstract readonly allowPrivateTargets: CidrList;
  /** Where to connect instead of where a name leads. */
  abstract readonly connectTo: Detours;
  abstract readonly allowInsecureHttp: boolean;
  /** Without a slash at the end; '' when not configured. */
  abstract readonly publicUrl: string;
  abstract readonly role: (typeof ROLES)[number];
  /** This process answers HTTP (role `api` or `all`). */
  abstract readonly servesHttp: boolean;
  /** This process delivers (role `worker` or `all`). */
  abstract readonly delivers: boolean;
  /** `auto`: a starting process migrates the database; `manual`: it waits until somebody did. */
  abstract readonly migrate: (typeof MIGRATES)[number];
  abstract readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Milliseconds between readiness 503 and closing the listener. */
  abstract readonly drainDelayMs: number;
  /** Milliseconds from SIGTERM to the hard stop. */
  abstract readonly shutdownTimeoutMs: number;
  /** Address ranges for Fastify's `trustProxy`; empty: believe no forwarded header. */
  abstract readonly trustProxy: readonly string[];
  /** Directories or package names beside those of `plugins/` and of the configuration file. */
  abstract readonly plugins: readonly string[];
  /** Default of `targets[].sockets`. */
  abstract readonly sockets: number;
  /** Crash point, or `next-schema`, switched on for a drill; always null in production. */
  abstract readonly fault: string | null;
  /** Where downloaded store binaries are kept; `null`: the user's cache directory. */
  abstract readonly cacheDir: string | null;
  abstract readonly mongodPath: string | null;
  abstract readonly redisServerPath: string | null;
}
