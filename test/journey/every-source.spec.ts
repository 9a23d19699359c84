import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  isDraft,
  REJECTIONS,
  type EventDraft,
  type HttpResponse,
  type RejectionReason,
} from '../../src/contract/index.js';
import type { ReceiptDoc } from '../../src/ledger/documents.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { sourceInput, type SourceCase } from '../../src/testing/index.js';
import { Materials } from '../../src/verify/materials.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { accountOf, load, sendCase, SOURCES, type Loaded } from './source-kit.js';

/** The bytes that a receipt keeps, as text. */
const textOf = (raw: ReceiptDoc['raw']): string =>
  (Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer)).toString('utf8');

const accountId = (plugin: string, at: number): string => `${plugin}-${at}`;

/** The ledger of each case is empty: a record that was never sold has nothing to cancel. */
const isNews = ({ type, record }: EventDraft): boolean =>
  record === undefined || type !== 'CANCELED';

describe('every case of every source, through the real door into the real ledger', () => {
  let stores: TestStores;
  let running: Running;
  const loaded = new Map<string, Loaded>();
  /** Answers to the `materials` requests of the case that is played. */
  let served: readonly HttpResponse[] = [];

  beforeAll(async () => {
    stores = await startTestStores();
    for (const name of SOURCES) {
      const source = await load(name);
      if (source) loaded.set(name, source);
    }
    const accounts = [...loaded.values()].flatMap((source) =>
      source.cases.map((one, at) => accountOf(source, one, accountId(source.plugin.name, at))),
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

  const send = (source: Loaded, one: SourceCase, at: number): Promise<Response> =>
    sendCase(running, source, one, accountId(source.plugin.name, at));

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

  it.each(SOURCES)('%s', async (name) => {
    const source = loaded.get(name);
    const wrong: string[] = [];
    const say = (one: SourceCase, what: string): number => wrong.push(`${one.name}: ${what}`);
    for (const [at, one] of source?.cases.entries() ?? []) {
      if (!source) break;
      served = one.options.materials ?? [];
      const response = await send(source, one, at);
      await response.arrayBuffer();
      if (source.plugin.methods.length === 0) {
        if (response.status !== 405)
          say(one, `status ${response.status}, though nothing may come in`);
        continue;
      }
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

  it('kept no live session that Salesforce was told to send', async () => {
    const salesforce = await running.ledger.receipts.find({ source: 'salesforce' }).toArray();
    const kept = salesforce.map(({ raw }) => textOf(raw));
    expect(kept.filter((text) => text.includes('<SessionId></SessionId>')).length).toBeGreaterThan(
      0,
    );
    expect(kept.filter((text) => text.includes('FakeSession'))).toEqual([]);
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
