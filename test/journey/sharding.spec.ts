import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { INDEXES } from '../../src/ledger/indexes.js';
import { BROADCASTS, SHARD_KEY, SHARDED, SPLIT_POINTS } from '../../src/ledger/sharding.js';
import { Sweeper } from '../../src/deliver/sweeper.js';
import { ClickTender } from '../../src/normalize/click-tender.js';
import { Repair } from '../../src/normalize/repair.js';
import { onMongo } from '../../src/platform/embedded/testing-clients.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { filtersOf, monitored, onCommand, writesOf, type Command } from './command-kit.js';
import { ask } from './config-kit.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" } }
  - { id: two, target: hook, settings: { url: "${url}/two" } }
routes:
  - { from: shop, to: [one, two] }
offers: [{ id: keto, url: "https://shop.example/?tid={click_id}" }]
`;

const isSharded = (name: string): boolean => (SHARDED as readonly string[]).includes(name);

/** The `_id`s are named one by one: MongoDB asks only the shards that hold them. */
function isTargeted(filter: Readonly<Record<string, unknown>>): boolean {
  const id = filter['_id'];
  return typeof id === 'string' || (typeof id === 'object' && id !== null && '$in' in id);
}

const membersOf = (filter: object): string => Object.keys(filter).toSorted().join(', ');

describe('on a sharded cluster', () => {
  let stores: TestStores;
  let partner: Partner;
  let running: Running;
  let mongodbUri: string;
  let ill = true;
  const commands: Command[] = [];

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner(({ url }, nth) =>
      ill && url === '/two' ? { status: 503 } : { status: 200, body: `remote-${nth}` },
    );
    mongodbUri = freshDatabase(stores.mongodbUri);
    const place = { mongodbUri: monitored(mongodbUri), redisUrl: stores.redisUrl };
    running = await run(place, yaml(partner.url));
    onCommand(running, (command) => commands.push(command));
    await running.gateway.prepared;
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await partner?.close();
    await stores?.stop();
  });

  const rows = (filter: object, good: (states: readonly string[]) => boolean) =>
    until(
      () =>
        onMongo(mongodbUri, async (db) =>
          (await db.collection('deliveries').find(filter).toArray()).map((row) =>
            String(row['state']),
          ),
        ),
      good,
      60_000,
    );

  /** As if the process had died between the inserts of its commit, a while ago. */
  const halve = () =>
    onMongo(mongodbUri, async (db) => {
      const at = new Date(Date.now() - 30_000);
      const event = await db
        .collection('events')
        .findOneAndUpdate({ 'order.id': 'S2' }, { $set: { at } });
      await db.collection('deliveries').deleteMany({ event: event?._id });
    });

  /** Ingest, deliver, retry, refund, repeat, sweep, repair, replay. */
  async function journey(): Promise<void> {
    const { app } = running.gateway;
    const click = 'click-1';
    const sale = { type: 'SALE', amount: '100', at: '1763600000000', click };
    for (const order of ['S1', 'S1', 'S2']) await running.sale({ ...sale, order });
    await rows({ target: 'two' }, (states) => states.includes('retry'));
    await running.sale({ type: 'REFUND', order: 'S1', amount: '100', at: '1763600009000', click });
    await rows({ type: 'REFUND' }, (states) => states.includes('held'));
    ill = false;
    await app.get(Sweeper).tick();
    await rows({}, (states) => states.length === 6 && states.every((one) => one === 'delivered'));
    const { json } = await ask(running, 'GET', '/deliveries?target=one&status=delivered');
    const id = json['items'][0].id as string;
    expect((await ask(running, 'POST', `/deliveries/${id}/replay`)).status).toBe(202);
    await halve();
    expect(await app.get(Repair).run()).toBe(1);
    await app.get(ClickTender).run();
    const pause = { body: { reason: 'a reason' } };
    expect((await ask(running, 'POST', '/targets/one/pause', pause)).status).toBe(200);
    expect((await ask(running, 'POST', '/targets/one/resume')).status).toBe(200);
    await rows({}, (states) => states.length === 7 && states.every((one) => one === 'delivered'));
  }

  it('every command of the corridor names the _id, or is a broadcast with a reason', async () => {
    await journey();
    const broadcasts = new Set<string>();
    for (const command of commands.filter(({ collection }) => isSharded(collection))) {
      const { name, collection } = command;
      for (const filter of filtersOf(command))
        if (!isTargeted(filter)) broadcasts.add(`${name} ${collection} { ${membersOf(filter)} }`);
    }
    expect([...broadcasts].filter((one) => !Object.hasOwn(BROADCASTS, one))).toEqual([]);
    const usual = Object.entries(BROADCASTS).filter(([, { seldom }]) => seldom !== true);
    expect(usual.map(([one]) => one).filter((one) => !broadcasts.has(one))).toEqual([]);
  }, 120_000);

  it('no single write is left to guess its shard, and nothing is a transaction', () => {
    const touched = commands.filter(({ collection }) => isSharded(collection));
    const single = touched.flatMap((command) =>
      command.name === 'findAndModify'
        ? filtersOf(command)
        : writesOf(command)
            .filter(({ multi, limit }) => multi !== true && limit !== 0)
            .map(({ q }) => q as object),
    );
    expect(single.length).toBeGreaterThan(0);
    expect(single.filter((filter) => !isTargeted({ ...filter }))).toEqual([]);
    const transactions = commands.filter(
      ({ document }) =>
        'startTransaction' in document ||
        ('txnNumber' in document && document['autocommit'] === false),
    );
    expect(transactions).toEqual([]);
    expect(new Set(touched.map(({ name }) => name))).toContain('insert');
  });

  it('the documentation has the whole list, and the script the whole rest', () => {
    const page = readFileSync('docs/scaling.md', 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+ \w+ \{[^`]*\})` +\| (.*?) +\|$/gm)];
    const listed = Object.entries(BROADCASTS).map(([command, { reason, seldom }]) => [
      command,
      seldom === true ? `${reason}; seldom` : reason,
    ]);
    expect(rows.map(([, command, reason]) => [command, reason])).toEqual(listed);
    const script = readFileSync('deploy/mongodb/shard.js', 'utf8');
    expect(script).toContain(`of ['${SHARDED.join("', '")}']`);
    expect(script).toContain(`of '${SPLIT_POINTS.join('')}'`);
    expect(SHARD_KEY).toEqual({ _id: 1 });
  });

  it('no index but that of _id is unique', () => {
    const unique = INDEXES.filter(({ collection, unique: only }) => isSharded(collection) && only);
    expect(unique).toEqual([]);
  });
});
