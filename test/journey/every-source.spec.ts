import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  isDraft,
  REJECTIONS,
  type HttpResponse,
  type RejectionReason,
  type EventDraft,
  type SealModule,
  type SourcePlugin,
} from '../../src/contract/index.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { loadSourceCases, sourceInput, type SourceCase } from '../../src/testing/index.js';
import { Materials } from '../../src/verify/materials.js';
import { freshDatabase, run, until, type Running } from './harness.js';

const PLUGINS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../plugins');

interface Loaded {
  readonly plugin: SourcePlugin;
  readonly seal: SealModule;
  readonly cases: readonly SourceCase[];
}

async function load(name: string): Promise<Loaded | undefined> {
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
function asOfNow(one: SourceCase): SourceCase {
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

const accountId = (plugin: string, at: number): string => `${plugin}-${at}`;

/** One account per case, so that every case starts with an empty ledger of its own. */
function accountOf({ plugin, seal }: Loaded, one: SourceCase, at: number) {
  const settings = one.options.settings ?? seal.settings;
  const url = one.options.url?.split('?', 1)[0] ?? `https://gateway.example/in/${plugin.name}/acme`;
  const { pathToken } = sourceInput(plugin, one, seal).notification;
  const publicUrl =
    pathToken !== '' && url.endsWith(`/${pathToken}`) ? url.slice(0, -pathToken.length - 1) : url;
  return {
    id: accountId(plugin.name, at),
    source: plugin.name,
    credentials: { ...seal.credentials, ...one.options.credentials },
    ...(settings && Object.keys(settings).length > 0 ? { settings } : {}),
    // A case without one plays a gateway that was not told its own address.
    ...(publicUrl === '' ? {} : { publicUrl }),
  };
}

/** The ledger of each case is empty: a record that was never sold has nothing to cancel. */
const isNews = ({ type, record }: EventDraft): boolean =>
  record === undefined || type !== 'CANCELED';

/** Only sources have a seal. */
const names = readdirSync(PLUGINS, { withFileTypes: true })
  .filter((entry) => existsSync(path.join(PLUGINS, entry.name, 'fixtures/seal.ts')))
  .map((entry) => entry.name);

describe('every case of every source, through the real door into the real ledger', () => {
  let stores: TestStores;
  let running: Running;
  const loaded = new Map<string, Loaded>();
  /** Answers to the `materials` requests of the case that is played. */
  let served: readonly HttpResponse[] = [];

  beforeAll(async () => {
    stores = await startTestStores();
    for (const name of names) {
      const source = await load(name);
      if (source) loaded.set(name, source);
    }
    const accounts = [...loaded.values()].flatMap((source) =>
      source.cases.map((one, at) => accountOf(source, one, at)),
    );
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    running = await run(place, JSON.stringify({ accounts }), {
      plugins: [...loaded.values()].map((source) => source.plugin),
    });
    await running.gateway.prepared;
    // No test reaches a network's own host; what it would have served stands in the case.
    const serve = jest.spyOn(running.gateway.app.get(Materials), 'gather');
    serve.mockImplementation(({ credentials }) =>
      Promise.resolve(new Map(credentials.map((credential) => [credential, served]))),
    );
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
    await stores?.stop();
  });

  const send = async (source: Loaded, one: SourceCase, at: number): Promise<Response> => {
    const { notification } = sourceInput(source.plugin, asOfNow(one), source.seal);
    const token = notification.pathToken === '' ? '' : `/${notification.pathToken}`;
    const query = notification.query === '' ? '' : `?${notification.query}`;
    const where = `/in/${source.plugin.name}/${accountId(source.plugin.name, at)}${token}${query}`;
    return fetch(`${running.gateway.url}${where}`, {
      method: notification.method,
      headers: notification.headers as Record<string, string>,
      ...(notification.method === 'GET' ? {} : { body: new Uint8Array(notification.body) }),
    });
  };

  /** What a CRM says of a record goes through the record's state first; that takes milliseconds. */
  const settled = (account: string) =>
    until(
      () => running.ledger.receipts.find({ account }).toArray(),
      (found) => found.every(({ state }) => state !== 'pending'),
    );

  const kept = async (account: string) => ({
    receipts: await settled(account),
    events: await running.ledger.events.find({ 'source.account': account }).toArray(),
  });

  it.each(names)('%s', async (name) => {
    const source = loaded.get(name);
    const wrong: string[] = [];
    const say = (one: SourceCase, what: string): number => wrong.push(`${one.name}: ${what}`);
    for (const [at, one] of source?.cases.entries() ?? []) {
      if (!source) break;
      served = one.options.materials ?? [];
      const response = await send(source, one, at);
      await response.arrayBuffer();
      const { receipts, events } = await kept(accountId(name, at));
      const { rejected, notUnderstood, drafts = [] } = one.golden;
      if (rejected !== undefined) {
        const probed = source.plugin.probe?.(
          sourceInput(source.plugin, one, source.seal).notification,
        );
        const status = probed?.status ?? REJECTIONS[rejected as RejectionReason];
        if (response.status !== status) say(one, `status ${response.status}, not ${status}`);
        if (receipts.length + events.length > 0) say(one, 'a refused notification left something');
        continue;
      }
      const facts = drafts.filter(isDraft).filter(isNews);
      if (response.status !== (one.golden.acknowledge?.status ?? 200))
        say(one, `status ${response.status}`);
      if (receipts.length !== 1) say(one, `${receipts.length} receipts`);
      const state = notUnderstood === undefined ? 'recorded' : 'parked';
      if (receipts[0]?.state !== state) say(one, `receipt ${receipts[0]?.state}, not ${state}`);
      if (events.length !== facts.length) say(one, `${events.length} events, not ${facts.length}`);
    }
    expect(wrong).toEqual([]);
  });

  it('showed no credential in any log line', () => {
    const secrets = [...loaded.values()].flatMap(({ seal }) =>
      Object.entries(seal.credentials).flatMap(([name, value]) =>
        typeof value === 'string' && value.length >= 12 && name !== 'vendor' ? [value] : [],
      ),
    );
    expect(secrets.length).toBeGreaterThan(2);
    const log = running.logged.join('');
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
  });
});
