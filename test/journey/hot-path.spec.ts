import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ValidationPipe } from '@nestjs/common';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { PipesConsumer } from '@nestjs/core/pipes/pipes-consumer.js';
import { ClassTransformer } from 'class-transformer';
import { getMetadataStorage, IsString } from 'class-validator';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { MongoStore } from '../../src/platform/mongo/mongo-store.js';
import { filtersOf, monitored, onCommand, type Command } from './command-kit.js';
import { ADMIN_KEY, freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" } }
  - { id: two, target: asked, settings: { url: "${url}/two" } }
routes:
  - { from: shop, to: [one, two] }
`;

/** What any process asks MongoDB now and then, whether or not a notification comes. */
const isBackground = ({ name, collection, document }: Command): boolean =>
  ['hello', 'ping', 'listIndexes'].includes(name) ||
  // `config_versions`: the look once a second whether the configuration has changed.
  ['target_states', 'leases', 'config_versions', 'replays'].includes(collection) ||
  // Accounts whose drafts wait.
  (name === 'distinct' && collection === 'drafts') ||
  // Clicks that came late, and touches whose time has come: every 15 seconds, along indexes of their own.
  (name === 'find' && collection === 'touches') ||
  (name === 'find' && 'attribution.how' in ((document as { filter?: object }).filter ?? {}));

describe('the hot path', () => {
  let stores: TestStores;
  let partner: Partner;
  let fail = 0;
  const open: Running[] = [];

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner((_request, nth) => {
      fail -= 1;
      return fail >= 0 ? { status: 500, body: 'no' } : { status: 200, body: `remote-${nth}` };
    });
  }, 60_000);

  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(open.splice(0).map((running) => running.stop()));
  });

  afterAll(async () => {
    await partner?.close();
    await stores?.stop();
  });

  /** A gateway whose driver reports every command. */
  async function start(
    role: string,
    more = '',
  ): Promise<{ running: Running; commands: Command[] }> {
    const mongodbUri = monitored(freshDatabase(stores.mongodbUri));
    const where = { mongodbUri, redisUrl: stores.redisUrl };
    const text = yaml(partner.url) + more;
    const running = await run(where, text, { env: { WAYBILL_ROLE: role } });
    open.push(running);
    await running.gateway.prepared;
    const commands: Command[] = [];
    onCommand(running, (one) => {
      if (!isBackground(one)) commands.push(one);
    });
    return { running, commands };
  }

  const sale = (order: string, amount = '100') => ({ type: 'SALE', order, amount });
  const groupsOf = async ({ gateway }: Running): Promise<number> => {
    const { values } = await gateway.app.get(Metrics).commitGroup.get();
    return values.find(({ metricName }) => metricName?.endsWith('_count'))?.value ?? 0;
  };
  const shown = ({ name, collection }: Command) => `${name} ${collection}`;

  it('asks MongoDB for three inserts per group before it answers, and for nothing else', async () => {
    const { running, commands } = await start('api');
    const orders = Array.from({ length: 40 }, (_unused, i) => `H${i}`);
    const answers = await Promise.all(orders.map((order) => running.sale(sale(order))));
    expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 200));
    const groups = await groupsOf(running);
    expect(groups).toBeGreaterThan(0);
    expect(groups).toBeLessThan(orders.length);
    const each = ['insert deliveries', 'insert events', 'insert receipts'];
    const wanted = Array.from({ length: groups }, () => each).flat();
    expect(commands.map(shown).toSorted()).toEqual(wanted.toSorted());
    for (const { document } of commands)
      expect(document['writeConcern']).toMatchObject({ w: 'majority' });
  }, 60_000);

  it('pays for a repeat with one look and one mark, both by id', async () => {
    const { running, commands } = await start('api');
    await running.sale(sale('H1'));
    commands.splice(0);
    expect(JSON.parse((await running.sale(sale('H1'))).body)).toMatchObject({ result: 'repeat' });
    const inserts = ['insert deliveries', 'insert events', 'insert receipts'];
    expect(commands.map(shown).toSorted()).toEqual(
      ['find events', 'update receipts', ...inserts].toSorted(),
    );
    const filters = commands.flatMap(filtersOf);
    expect(filters.map((filter) => Object.keys(filter))).toEqual([['_id'], ['_id']]);
  }, 60_000);

  it('asks for the clicks of a group once, and for none that are not ours', async () => {
    const offers = 'offers: [{ id: keto, url: "https://shop.example/?tid={click_id}" }]\n';
    const { running, commands } = await start('api', offers);
    const click = (n: number) => `${'a'.repeat(23)}${n % 10 < 5 ? 'b' : 'c'}${'abcde'[n % 5]}a`;
    const foreign = Array.from({ length: 20 }, (_unused, i) => ({
      ...sale(`F${i}`),
      click: `f-${i}`,
    }));
    await Promise.all(foreign.map((one) => running.sale(one)));
    expect(commands.filter(({ name }) => name === 'aggregate')).toEqual([]);
    const before = await groupsOf(running);
    const ours = Array.from({ length: 40 }, (_unused, i) => ({
      ...sale(`C${i}`),
      click: click(i),
    }));
    await Promise.all(ours.map((one) => running.sale(one)));
    const groups = (await groupsOf(running)) - before;
    expect(groups).toBeLessThan(ours.length);
    const asked = commands.filter(({ name }) => name === 'aggregate');
    expect(asked.map(({ collection }) => collection)).toEqual(
      Array.from({ length: groups }, () => 'touches'),
    );
    expect(asked.map(({ document }) => document['maxTimeMS'] as unknown)).toEqual(
      asked.map(() => 50),
    );
  }, 60_000);

  it('filters by _id or walks the index wake, from the door to the settled delivery', async () => {
    const { running, commands } = await start('all');
    fail = 1;
    for (const order of ['W1', 'W2']) await running.sale(sale(order));
    for (const amount of ['100', '999']) await running.sale(sale('W1', amount));
    await running.sale({ type: 'REFUND', order: 'W1', amount: '100' });
    const events = ['W1', 'W2'];
    await until(
      () => running.ledger.deliveries.find().toArray(),
      (rows) => rows.length === 3 * events.length && rows.every((row) => row.settledAt),
      40_000,
    );
    const { db } = running.gateway.app.get(MongoStore);
    const others = new Set<string>();
    for (const command of [...commands]) {
      for (const filter of filtersOf(command)) {
        if ('_id' in filter) continue;
        const { collection } = command;
        // The find above, of this spec.
        if (Object.keys(filter).length === 0) continue;
        const plan = await db.collection(collection).find(filter).explain('queryPlanner');
        const names = JSON.stringify(plan).match(/"indexName":"\w+"/g) ?? ['none'];
        others.add(`${shown(command)}: ${[...new Set(names)].toSorted().join(' ')}`);
      }
    }
    // A reversal looks for its order: by the names of the purchase, and for what replays its rows.
    expect([...others].toSorted()).toEqual([
      'find deliveries: "indexName":"_id_" "indexName":"replays"',
      'find deliveries: "indexName":"wake"',
      'find events: "indexName":"refs"',
      'find order_links: "indexName":"refs"',
    ]);
  }, 60_000);

  describe('keeps away from', () => {
    class Dto {
      @IsString()
      name = '';
    }

    /** Calls of whatever validates, transforms, guards, pipes or intercepts in this process. */
    function spies(): () => Readonly<Record<string, number>> {
      const looks = {
        validator: jest.spyOn(getMetadataStorage(), 'getTargetValidationMetadatas'),
        transformer: jest.spyOn(ClassTransformer.prototype, 'plainToInstance'),
        guards: jest.spyOn(GuardsConsumer.prototype, 'tryActivate'),
        pipes: jest.spyOn(PipesConsumer.prototype, 'apply'),
        interceptors: jest.spyOn(InterceptorsConsumer.prototype, 'intercept'),
      };
      return () =>
        Object.fromEntries(
          Object.entries(looks).map(([name, spy]) => [name, spy.mock.calls.length]),
        );
    }

    it('validators, transformers, guards, pipes and interceptors, which other routes do use', async () => {
      const { running } = await start('api');
      const calls = spies();
      for (const order of ['V1', 'V2', 'V1']) await running.sale(sale(order));
      await running.post('/in/toy/shop', { body: '{}', headers: {} });
      const none = { validator: 0, transformer: 0, guards: 0, pipes: 0, interceptors: 0 };
      expect(calls()).toEqual(none);

      // The same spies on what does go through Nest, and on a pipe as it would stand before the door.
      const headers = { authorization: `Bearer ${ADMIN_KEY}` };
      const list = await fetch(`${running.gateway.url}/api/v1/events?limit=5`, { headers });
      expect(list.status).toBe(200);
      await new ValidationPipe({ transform: true }).transform(
        { name: 'x' },
        { type: 'body', metatype: Dto },
      );
      const seen = calls();
      expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
    }, 60_000);
  });

  describe('tells of every attempt', () => {
    it('in one line with all that is needed, and nothing that is personal or secret', async () => {
      const { running } = await start('all');
      fail = 1;
      const order = { ...sale('L1'), email: 'anna@shop.example', click: 'clk-77' };
      await running.sale(order);
      const rows = await until(
        () => running.ledger.deliveries.find().toArray(),
        (found) => found.length === 2 && found.every((row) => row.state === 'delivered'),
        40_000,
      );
      const lines = running.logged
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ msg }) => msg === 'attempt');
      const attempts = rows.flatMap((row) =>
        (row.log ?? []).map(({ n, outcome }) => `${row._id} ${n} ${outcome}`),
      );
      expect(attempts).toHaveLength(3);
      const told = lines.map((line) => [line['delivery'], line['attempt'], line['outcome']]);
      expect(told.map((one) => one.join(' ')).toSorted()).toEqual(attempts.toSorted());
      const [row] = rows;
      const members = {
        ...{ event: row?.event, type: 'SALE', account: 'shop', route: row?.route },
        ...{ ms: expect.any(Number), status: expect.any(Number), target: expect.any(String) },
      };
      for (const line of lines) expect(line).toMatchObject({ ...members, level: 'info' });
      const failed = lines.find((line) => line['outcome'] === 'retry');
      expect(failed).toMatchObject({ state: 'retry', status: 500, wakeAt: expect.any(String) });
      expect(JSON.stringify(lines)).not.toMatch(/anna|clk-77|toy-secret|remote-|L1|token/);
    }, 60_000);
  });
});
