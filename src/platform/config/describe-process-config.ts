import { MASK } from '#contract';
import type { ProcessConfig } from './process-config.js';

/** A store's URL without user, password and query (queries of MongoDB URIs may hold certificates' passwords). */
function shownUri(uri: string | null): string | null {
  const parts = /^([a-z+]+:\/\/)(?:.*@)?([^/?]*)(\/[^?]*)?/.exec(uri ?? '');
  return uri === null ? null : parts ? `${parts[1]}${parts[2]}${parts[3] ?? ''}` : MASK;
}

/** The process settings fit for a screen or a log: no password, no key. */
export function describeProcessConfig(config: ProcessConfig): Readonly<Record<string, unknown>> {
  return {
    ...Object.fromEntries(Object.entries(config)),
    mongodbUri: shownUri(config.mongodbUri),
    redisUrl: shownUri(config.redisUrl),
    adminKey: config.adminKey === null ? null : MASK,
    key: config.key === null ? null : MASK,
    secretKeys: config.secretKeys === null ? null : MASK,
    vault: config.vault === null ? null : { ...config.vault, token: MASK },
    allowPrivateTargets: config.allowPrivateTargets.entries,
    connectTo: Object.fromEntries(config.connectTo),
  };
}

/** The secret texts inside the process settings, for the masking of logs. */
export function processSecrets(config: ProcessConfig): readonly string[] {
  const password = (uri: string | null): string | undefined =>
    /:\/\/[^/@:]*:([^@]*)@/.exec(uri ?? '')?.[1];
  const sentinel = /[?&]sentinelPassword=([^&]*)/.exec(config.redisUrl ?? '')?.[1];
  const { mongodbUri, redisUrl, adminKey, key, secretKeys, vault } = config;
  const ring = (secretKeys ?? '')
    .split(',')
    .map((entry) => entry.slice(entry.indexOf(':') + 1).trim());
  const raw = [
    password(mongodbUri),
    password(redisUrl),
    sentinel,
    adminKey,
    key,
    ...ring,
    vault?.token,
  ];
  const found = raw.flatMap((text) => (text ? [text] : []));
  return [...new Set(found.flatMap((text) => [text, decoded(text)]))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
