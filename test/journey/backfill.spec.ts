import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import nock from 'nock';
import type { HttpResponse } from '../../src/contract/index.js';
import { Jobs, type JobDoc } from '../../src/enrich/jobs.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import type { SourceCase } from '../../src/testing/index.js';
import { Materials } from '../../src/verify/materials.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { accountOf, load, PLUGINS, sendCase, SOURCES, type Loaded } from './source-kit.js';

/** One request that the job makes, and what the network answers. `$case` stands for a case's payload, `at` a member of it. */
interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly answer: unknown;
}

/** `fixtures/backfill.json`: what a webhook told, what none did, and the list that holds both. */
interface Story {
  /** Case whose webhook comes before the backfill; null where there are no webhooks. */
  readonly told: string | null;
  /** Case whose webhook comes after it; null: there is none, or the network sends it no more. */
  readonly missed: string | null;
  /** Keys of the events that the backfill finds. */
  readonly finds: readonly string[];
  /** Laid over the sample credentials: what the API wants. */
  readonly credentials: Readonly<Record<string, unknown>>;
  /** Where the run begins; the night before the samples unless it says so. */
  readonly cursor?: string;
  /** Other requests that the events of the story cause, as often as they come: look-ups, tokens. */
  readonly lookUps: readonly Exchange[];
  /** The run, request by request. */
  readonly exchange: readonly Exchange[];
}

/** A run that came through: a reason would say why not. */
const DONE = { failures: 0, reason: undefined };
const NIGHT_BEFORE = `${Date.parse('2026-11-19T00:00:00Z')} 0`;

const fileOf = (name: string): string => path.join(PLUGINS, name, 'fixtures/backfill.json');
const storyOf = (name: string): Story => JSON.parse(readFileSync(fileOf(name), 'utf8')) as Story;
const names = SOURCES.filter((name) => existsSync(fileOf(name)));

/** The job that brings something in. */
const jobOf = ({ plugin }: Loaded): string | undefined =>
  plugin.jobs?.find(({ name }) => name === 'backfill' || name === 'poll')?.name;

function caseOf(source: Loaded, name: string): SourceCase {
  const found = source.cases.find((one) => one.name === name);
  if (!found) throw new Error(`${source.plugin.name} has no case ${name}`);
  return found;
}

/** The answer with the payloads of its cases in their places. */
function filled(source: Loaded, answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map((one) => filled(source, one));
  if (typeof answer !== 'object' || answer === null) return answer;
  const { $case: name, at, with: more } = answer as { $case?: string; at?: string; with?: object };
  if (name === undefined)
    return Object.fromEntries(
      Object.entries(answer).map(([key, value]) => [key, filled(source, value)]),
    );
  const { payload } = caseOf(source, name);
  const part = at === undefined ? payload : (payload as Record<string, unknown>)[at];
  return more === undefined ? part : { ...(part as object), ...(filled(source, more) as object) };
}

describe('what a webhook told and what a backfill finds, counted once', () => {
  let stores: TestStores;
  let running: Running;
  const sources = new Map<string, Loaded>();
  let served: readonly HttpResponse[] = [];

  beforeAll(async () => {
    nock.disableNetConnect();
    nock.enableNetConnect(/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/);
    stores = await startTestStores();
    for (const name of SOURCES) {
      const source = await load(name);
      if (source) sources.set(name, source);
    }
    const accounts = names.map((name) => {
      const source = sources.get(name) as Loaded;
      const { told, credentials } = storyOf(name);
      const one = told === null ? source.cases[0] : caseOf(source, told);
      const account = accountOf(source, one as SourceCase, name);
      return { ...account, credentials: { ...account.credentials, ...credentials } };
    });
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    running = await run(place, JSON.stringify({ accounts }), {
      plugins: [...sources.values()].map(({ plugin }) => plugin),
    });
    await running.gateway.prepared;
    const gather = jest.spyOn(running.gateway.app.get(Materials), 'gather');
    gather.mockImplementation(({ credentials }) =>
      Promise.resolve(new Map(credentials.map((credential) => [credential, served]))),
    );
    // Every job runs once at the start, and nobody answers it.
    await until(
      () => jobs().countDocuments({ lastAt: { $exists: true } }),
      (count) => count >= names.length,
      60_000,
    );
  }, 120_000);

  afterEach(() => nock.cleanAll());

  afterAll(async () => {
    await running?.stop();
    await stores?.stop();
    nock.enableNetConnect();
    nock.restore();
  });

  const jobs = () => running.ledger.mongo.db.collection<JobDoc>('jobs');
  const receipts = (account: string) => running.ledger.receipts.find({ account }).toArray();

  const settled = (account: string) =>
    until(
      () => receipts(account),
      (found) => found.every(({ state }) => state !== 'pending'),
    );

  const keys = async (account: string): Promise<readonly string[]> => {
    await settled(account);
    const events = await running.ledger.events.find({ 'source.account': account }).toArray();
    return events.map(({ source }) => source.key).sort();
  };

  /** The job as if its time had come, and its end. */
  const runNow = async (source: Loaded, cursor: string) => {
    const _id = `${source.plugin.name}|${jobOf(source)}`;
    const idle = { _id, token: { $exists: false } };
    const due = { $set: { nextAt: new Date(), cursor }, $unset: { lastAt: 1 as const } };
    await until(
      () => jobs().updateOne(idle, due),
      ({ matchedCount }) => matchedCount === 1,
    );
    await running.gateway.app.get(Jobs).tick();
    return until(
      () => jobs().findOne({ ...idle, lastAt: { $exists: true } }),
      (doc) => doc !== null,
    );
  };

  const serve = (source: Loaded, exchange: readonly Exchange[], always = false): void => {
    for (const { method, url, status = 200, headers = {}, answer } of exchange) {
      const { origin, pathname } = new URL(url);
      nock(origin)
        .persist(always)
        .intercept(pathname, method)
        .query(true)
        .reply(status, JSON.stringify(filled(source, answer)), {
          'content-type': 'application/json',
          ...headers,
        });
    }
  };

  const post = async (source: Loaded, name: string): Promise<void> => {
    const one = caseOf(source, name);
    served = one.options.materials ?? [];
    const response = await sendCase(running, source, one, source.plugin.name);
    expect([name, response.status]).toEqual([name, one.golden.acknowledge?.status ?? 200]);
    await response.arrayBuffer();
  };

  it('has a story for every backfill', () => {
    const with_ = [...sources.values()].filter(jobOf).map(({ plugin }) => plugin.name);
    expect(names).toEqual(with_);
  });

  it.each(names)(
    '%s',
    async (name) => {
      const source = sources.get(name) as Loaded;
      const story = storyOf(name);
      const { cursor = NIGHT_BEFORE } = story;
      serve(source, story.lookUps, true);
      if (story.told !== null) await post(source, story.told);
      const before = await keys(name);
      expect(before.length > 0).toBe(story.told !== null);

      const asked = nock.pendingMocks();
      serve(source, story.exchange);
      expect({ reason: undefined, ...(await runNow(source, cursor)) }).toMatchObject(DONE);
      expect(nock.pendingMocks().filter((mock) => !asked.includes(mock))).toEqual([]);
      const after = [...before, ...story.finds].sort();
      expect(
        await until(
          () => keys(name),
          (found) => found.length >= after.length,
        ),
      ).toEqual(after);
      const found = (await receipts(name)).filter(({ via }) => via === 'backfill');
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter(({ state }) => state === 'parked')).toEqual([]);

      if (story.missed !== null) await post(source, story.missed);
      serve(source, story.exchange);
      expect({ reason: undefined, ...(await runNow(source, cursor)) }).toMatchObject(DONE);
      expect(await keys(name)).toEqual(after);
      expect((await receipts(name)).filter(({ state }) => state === 'conflict')).toEqual([]);
    },
    30_000,
  );
});
