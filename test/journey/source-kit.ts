import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SealModule, SourcePlugin } from '../../src/contract/index.js';
import { loadSourceCases, sourceInput, type SourceCase } from '../../src/testing/index.js';
import type { Running } from './harness.js';

export const PLUGINS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../plugins');

/** A source of this repository with its fixtures. */
export interface Loaded {
  readonly plugin: SourcePlugin;
  readonly seal: SealModule;
  readonly cases: readonly SourceCase[];
}

/** Undefined for a target. */
export async function load(name: string): Promise<Loaded | undefined> {
  const dir = path.join(PLUGINS, name);
  const module = (await import(pathToFileURL(path.join(dir, 'index.ts')).href)) as {
    default: SourcePlugin;
  };
  if (module.default.kind !== 'source') return undefined;
  const seal = (await import(pathToFileURL(path.join(dir, 'fixtures/seal.ts')).href)) as SealModule;
  return { plugin: module.default, seal, cases: loadSourceCases(path.join(dir, 'fixtures')) };
}

const SAMPLE = '2026-11-20T10:00:00.000Z';

/** The case as if it came now: the sender's clock keeps its distance to ours, a moment inside the edge of a tolerance. */
export function asOfNow(one: SourceCase): SourceCase {
  const receivedAt = Date.parse(one.options.receivedAt ?? SAMPLE);
  const distance =
    Date.parse(one.options.sealedAt ?? new Date(receivedAt).toISOString()) - receivedAt;
  const inside =
    Math.abs(distance) === 300_000 && one.golden.rejected === undefined
      ? Math.sign(distance) * -3000
      : 0;
  const now = Date.now();
  return {
    ...one,
    options: {
      ...one.options,
      receivedAt: new Date(now).toISOString(),
      sealedAt: new Date(now + distance + inside).toISOString(),
    },
  };
}

/** Only sources have a seal. */
export const SOURCES: readonly string[] = readdirSync(PLUGINS, { withFileTypes: true })
  .filter((entry) => existsSync(path.join(PLUGINS, entry.name, 'fixtures/seal.ts')))
  .map((entry) => entry.name);

/** An account under which the case comes in. */
export function accountOf({ plugin, seal }: Loaded, one: SourceCase, id: string) {
  const settings = one.options.settings ?? seal.settings;
  const url = one.options.url?.split('?', 1)[0] ?? `https://gateway.example/in/${plugin.name}/acme`;
  const { pathToken } = sourceInput(plugin, one, seal).notification;
  const publicUrl =
    pathToken !== '' && url.endsWith(`/${pathToken}`) ? url.slice(0, -pathToken.length - 1) : url;
  return {
    id,
    source: plugin.name,
    credentials: { ...seal.credentials, ...one.options.credentials },
    ...(settings && Object.keys(settings).length > 0 ? { settings } : {}),
    // A case without one plays a gateway that was not told its own address.
    ...(publicUrl === '' ? {} : { publicUrl }),
  };
}

/** Posts a case to the account, as if it came now. */
export function sendCase(
  running: Running,
  { plugin, seal }: Loaded,
  one: SourceCase,
  account: string,
): Promise<Response> {
  const { notification } = sourceInput(plugin, asOfNow(one), seal);
  const token = notification.pathToken === '' ? '' : `/${notification.pathToken}`;
  const query = notification.query === '' ? '' : `?${notification.query}`;
  return fetch(`${running.gateway.url}/in/${plugin.name}/${account}${token}${query}`, {
    method: notification.method,
    headers: notification.headers as Record<string, string>,
    ...(notification.method === 'GET' ? {} : { body: new Uint8Array(notification.body) }),
  });
}
