import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { startChild, untilReady, type ChildGateway } from '../fault/child-gateway.js';
import { CommandLine, type Ran } from './cli-kit.js';
import { freshDatabase, until } from './harness.js';
import { startPartner, type Partner } from './partner.js';

const ADMIN_KEY = 'wbk_child-admin-key-0123456789';
const CLICKBANK = 'CBSECRET47110815';
const TAPFILIATE = 'tap-api-key-never-shown-0815';
const ENV = {
  WAYBILL_ADMIN_KEY: ADMIN_KEY,
  CLICKBANK_SECRET: CLICKBANK,
  TAPFILIATE_API_KEY: TAPFILIATE,
};

/** Tapfiliate, as far as a conversion needs it. */
const CONVERSION = {
  id: 4711,
  external_id: 'x',
  amount: 49.95,
  click: { id: 'clk_ten' },
  commissions: [{ id: 7, amount: 14.7, approved: null, affiliate: { id: 'ada' } }],
};

describe('ten minutes on the command line: my ClickBank account feeds my Tapfiliate programme', () => {
  let dir: string;
  let stores: TestStores;
  let partner: Partner;
  let gateway: ChildGateway;
  let command: CommandLine;
  const waybill = (line: string, more: object = {}): Promise<Ran> =>
    command.run(line.split(' '), more);
  const json = (ran: Ran): Record<string, unknown> =>
    JSON.parse(ran.out) as Record<string, unknown>;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'waybill-ten-'));
    stores = await startTestStores();
    partner = await startPartner(() => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(CONVERSION),
    }));
    // Before there is a gateway: the file.
    command = new CommandLine(dir, ENV);
    expect(await waybill('init')).toMatchObject({ code: 0 });
    gateway = await startChild(readFileSync(path.join(dir, 'waybill.yaml'), 'utf8'), {
      MONGODB_URI: freshDatabase(stores.mongodbUri),
      REDIS_URL: stores.redisUrl,
      DRAIN_DELAY: '0',
    });
    await untilReady(gateway);
    const before = command;
    command = new CommandLine(dir, { ...ENV, WAYBILL_URL: gateway.url });
    command.said.push(...before.said);
  }, 90_000);

  afterAll(async () => {
    gateway.kill('SIGTERM');
    await gateway.ended;
    await partner.close();
    await stores.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('init never overwrites', async () => {
    expect(await waybill('init')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('is already there'),
    });
  });

  it('doctor finds the empty gateway healthy, and says what is missing', async () => {
    const { code, out } = await waybill('doctor');
    expect(code).toBe(0);
    for (const says of ['✓ MongoDB', '✓ Redis', '! accounts', 'waybill source add <network>'])
      expect(out).toContain(says);
  });

  it('connects ClickBank, its secret from standard input, and says where the URL belongs', async () => {
    const words = 'source add clickbank --id cb-main --set vendor=mystore --secret secretKey=-';
    const { code, out } = await waybill(words, { stdin: `${CLICKBANK}\n` });
    expect(code).toBe(0);
    expect(out).toContain('/in/clickbank/cb-main');
    expect(out).toContain('Vendor Settings → My Site → Advanced Tools');
    expect((await waybill(words, { stdin: CLICKBANK })).err).toContain('there is already cb-main');
  });

  it('names Tapfiliate and leads the events there', async () => {
    const base = `--set baseUrl=${partner.url}/1.6/`;
    const target = `target add tapfiliate --id tap --secret apiKey=env:TAPFILIATE_API_KEY ${base}`;
    expect(await waybill(target)).toMatchObject({ code: 0 });
    const route = 'route add --from cb-main --to tap --events SALE,REBILL,REFUND,CHARGEBACK';
    expect(await waybill(route)).toMatchObject({ code: 0 });
  });

  const sale =
    'trigger clickbank.sale --order TENMIN01 --set vendorVariables.click_id=clk_ten --secret secretKey=env:CLICKBANK_SECRET';

  it('books no sale at a real partner by accident', async () => {
    expect(await waybill(sale)).toMatchObject({
      code: 2,
      err: expect.stringContaining('tap would be told'),
    });
    expect(partner.received).toEqual([]);
  });

  it('sends a sale; the conversion reaches the partner with its click and its amount', async () => {
    const ran = await waybill(`${sale} --yes --json`);
    expect([ran.code, ran.err]).toEqual([0, '']);
    const sent = json(ran);
    expect(sent).toMatchObject({ network: 'clickbank', status: 200, order: 'TENMIN01' });
    const [event] = sent['events'] as string[];
    await until(
      () => partner.received.length,
      (n) => n > 0,
    );
    expect(partner.received).toHaveLength(1);
    const [told] = partner.received;
    expect([told?.method, told?.url]).toEqual(['POST', '/1.6/conversions/']);
    expect(told?.headers['x-api-key'] ?? told?.headers['api-key']).toBe(TAPFILIATE);
    expect(JSON.parse(told?.body ?? '')).toMatchObject({
      click_id: 'clk_ten',
      external_id: 'TENMIN01',
      amount: 49.95,
      currency: 'USD',
    });
    const { out } = await until(
      () => waybill(`events explain ${event}`),
      (seen) => seen.out.includes('delivered  '),
    );
    for (const says of ['SALE 49.95 USD', 'verified', 'clk_ten', '→ tap  delivered'])
      expect(out).toContain(says);
  });

  it('reads back what happened, as tables and as one row per line', async () => {
    const { out } = await waybill('events ls --order TENMIN01');
    expect(out).toMatch(/^ID .*\n\S+ .* cb-main +SALE +49\.95 USD +TENMIN01 +clk_ten\n$/);
    const rows = await waybill('deliveries ls --target tap --state delivered --json');
    expect(json(rows)).toMatchObject({ target: 'tap', state: 'delivered' });
    const { id } = json(rows) as { id: string };
    expect((await waybill(`deliveries show ${id}`)).out).toContain('try 1');
    const receipt = json(await waybill('receipts ls --account cb-main --json'));
    expect((await waybill(`receipts show ${String(receipt['id'])}`)).out).toContain('TENMIN01');
    expect((await waybill('targets ls')).out).toMatch(/tap +tapfiliate +running +0/);
    expect((await waybill('doctor')).out).toContain('✓ account cb-main  last called');
  });

  it('replays it by hand', async () => {
    const event = json(await waybill('events ls --order TENMIN01 --json'));
    const before = partner.received.length;
    expect(await waybill(`events replay ${String(event['id'])}`)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^tap: sent again as \S+\n$/),
    });
    await until(
      () => partner.received.length,
      (n) => n > before,
    );
  });

  it('pauses and resumes', async () => {
    const paused = await command.run(['targets', 'pause', 'tap', '--reason', 'a pause']);
    expect(paused).toMatchObject({ code: 0 });
    const sick = await waybill('doctor');
    expect([sick.code, sick.out]).toEqual([1, expect.stringContaining('✗ target tap')]);
    expect(await waybill('targets resume tap')).toMatchObject({ code: 0 });
  });

  it('sends many tests, each one counted, and tells no live target', async () => {
    const before = partner.received.length;
    const words =
      'trigger clickbank.test --count 40 --secret secretKey=env:CLICKBANK_SECRET --json';
    expect(json(await waybill(words))).toMatchObject({ sent: 40, taken: 40 });
    const rows = await waybill('events ls --test true --limit 200 --json');
    expect(rows.out.trim().split('\n')).toHaveLength(40);
    expect(partner.received).toHaveLength(before);
  });

  it('what is signed offline is taken at the door, and a wrong secret is not', async () => {
    const words = `sign clickbank.test --account cb-main --credential vendor=mystore --to ${gateway.url} --json`;
    const signed = json(await waybill(`${words} --secret secretKey=env:CLICKBANK_SECRET`));
    const knock = async (one: Record<string, unknown>): Promise<number> => {
      const headers = one['headers'] as Record<string, string>;
      const body = one['body'] as string;
      return (await fetch(String(one['url']), { method: 'POST', headers, body })).status;
    };
    expect(await knock(signed)).toBe(200);
    expect(
      await knock(
        json(
          await waybill(`${words} --secret secretKey=env:WRONG`, {
            env: { WRONG: 'WRONGSECRET01' },
          }),
        ),
      ),
    ).toBe(400);
  });

  it('shows a change before it makes it, and makes it', async () => {
    const part =
      'targets: [{ id: tap2, target: tapfiliate, settings: { apiKey: tap-api-key-never-shown-0815 } }]';
    writeFileSync(path.join(dir, 'part.yaml'), part);
    expect(await waybill('config diff part.yaml --check')).toMatchObject({
      code: 1,
      out: expect.stringContaining('+ targets tap2 made'),
    });
    expect(await waybill('config apply part.yaml')).toMatchObject({ code: 2 });
    expect(await waybill('config apply part.yaml --yes')).toMatchObject({ code: 0 });
    expect(await waybill('config diff part.yaml --check')).toMatchObject({
      code: 0,
      out: expect.stringContaining('no differences'),
    });
    expect((await waybill('config show targets')).out).toContain('id: tap2');
  });

  it('hands over a key once, into a file for its owner, and the key opens what it may', async () => {
    expect(await waybill('keys create --name reader --scope read')).toMatchObject({ code: 2 });
    const made = await waybill('keys create --name reader --scope read --out reader.key --json');
    const file = path.join(dir, 'reader.key');
    const key = readFileSync(file, 'utf8').trim();
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(made.out).not.toContain(key);
    expect(await waybill('events ls --limit 1 --key-file reader.key')).toMatchObject({ code: 0 });
    const refused = await waybill('targets resume tap --key-file reader.key');
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('may not do this')]);
    const id = String(json(made)['id']);
    expect(await waybill(`keys rotate ${id} --out next.key --yes`)).toMatchObject({ code: 0 });
    expect(await waybill('events ls --key-file reader.key')).toMatchObject({ code: 3 });
    expect(await waybill('events ls --limit 1 --key-file next.key')).toMatchObject({ code: 0 });
  });

  it('ends with 3 when nobody is there, or nobody lets it in', async () => {
    const away = await waybill('events ls --url http://127.0.0.1:2');
    expect([away.code, away.err]).toEqual([3, expect.stringContaining('does not answer')]);
    const env = { WAYBILL_ADMIN_KEY: 'wbk_wrong-key-0123456789' };
    expect(await waybill('events ls', { env })).toMatchObject({ code: 3 });
    const partnerUrl = await waybill(`events ls --url ${partner.url}`);
    expect([partnerUrl.code, partnerUrl.err]).toEqual([
      3,
      expect.stringContaining('another server'),
    ]);
  });

  it('has shown no secret in all of this', () => {
    const all = [...command.said, gateway.output()].join('\n');
    expect(all.length).toBeGreaterThan(10_000);
    for (const secret of [ADMIN_KEY, CLICKBANK, TAPFILIATE]) expect(all).not.toContain(secret);
  });
});
