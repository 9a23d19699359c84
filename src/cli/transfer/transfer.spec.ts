import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { problem, SpecApi } from '../gateway/api.spec-kit.js';
import { waybill, type Ran } from '../program/terminal.spec-kit.js';

describe('taking out and bringing in', () => {
  let api: SpecApi;
  let dir: string;
  beforeAll(async () => {
    api = await SpecApi.start();
    dir = mkdtempSync(path.join(tmpdir(), 'waybill-cli-'));
  });
  afterAll(async () => {
    await api.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    api.asked.length = 0;
  });
  const run = (line: string, stdin?: string): Promise<Ran> =>
    waybill(line.split(' '), { env: api.env, cwd: dir, ...(stdin === undefined ? {} : { stdin }) });

  it('an export passes on the filters, and what bears its name is whole', async () => {
    api.answers = (_asked, response) => void response.end('{"id":1}\n{"id":2}\n');
    const ran = await run(
      'export deliveries --target tap --state refused --from 2026-11-01 --out a.ndjson',
    );
    expect([ran.code, ran.out]).toEqual([0, '2 rows in a.ndjson\n']);
    expect(readFileSync(path.join(dir, 'a.ndjson'), 'utf8')).toBe('{"id":1}\n{"id":2}\n');
    const [{ where, query } = { where: '', query: new URLSearchParams() }] = api.asked;
    expect([where, Object.fromEntries(query)]).toEqual([
      'exports/deliveries',
      { format: 'ndjson', target: 'tap', status: 'refused', from: '2026-11-01' },
    ]);
    expect(await run('export events --out a.ndjson')).toMatchObject({ code: 2 });
    expect(await run('export events --out a.ndjson --force')).toMatchObject({ code: 0 });
  });

  it('one that breaks off leaves nothing behind', async () => {
    api.answers = (_asked, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"id":1}\n', () => response.destroy());
    };
    const ran = await run('export events --out broken.ndjson');
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('broke off')]);
    expect(readdirSync(dir).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  it('goes to standard output without a file, byte for byte', async () => {
    api.answers = (_asked, response) => void response.end('id,title\n1,é–漢\n');
    expect(await run('export events --format csv')).toMatchObject({
      code: 0,
      out: 'id,title\n1,é–漢\n',
    });
  });

  it('an import goes in batches, and faults name the lines of the file', async () => {
    const lines = Array.from({ length: 1201 }, (_none, i) => JSON.stringify({ orderId: `A${i}` }));
    // An empty line in the middle: those behind it keep their numbers.
    writeFileSync(
      path.join(dir, 'orders.ndjson'),
      `${lines.slice(0, 3).join('\n')}\n\n${lines.slice(3).join('\n')}\n`,
    );
    api.answers = ({ body }) => {
      const sent = body.trim().split('\n');
      const bad = sent.findIndex((line) => line.includes('"A1100"'));
      const faults =
        bad < 0 ? [] : [{ line: bad + 1, code: 'WB_IMPORT_LINE', says: 'occurredAt is missing' }];
      return { recorded: sent.length - faults.length, repeats: 0, faults };
    };
    const ran = await run('import orders orders.ndjson --account shop --yes --json');
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toEqual({
      dryRun: false,
      recorded: 1200,
      repeats: 0,
      // Code as the gateway gives it; 1101st order, one empty line before it.
      faults: [{ line: 1102, code: 'WB_IMPORT_LINE', says: 'occurredAt is missing' }],
    });
    expect(api.asked.map(({ query }) => Object.fromEntries(query))).toEqual(
      Array.from({ length: 3 }, () => ({ account: 'shop', dryRun: 'false' })),
    );
    expect(api.asked[0]?.headers['content-type']).toBe('application/x-ndjson');
  });

  it('CSV from standard input is mapped, checked only, and asks nothing', async () => {
    api.answers = () => ({ recorded: 1, repeats: 0, faults: [] });
    const line = 'import orders - --format csv --account shop --dry-run --map orderId=no';
    const ran = await run(line, 'no,amount,currency\nA1,49.95,USD\n');
    expect([ran.code, ran.out]).toEqual([
      0,
      '1 order would be recorded, 0 known already, 0 faults\n',
    ]);
    expect(JSON.parse(api.asked[0]?.body ?? '')).toEqual({
      orderId: 'A1',
      amount: 4995,
      currency: 'USD',
    });
    expect(api.asked[0]?.query.get('dryRun')).toBe('true');
  });

  it('a wrong account is no old gateway', async () => {
    api.answers = (_asked, response) =>
      problem(response, 404, 'WB_NOT_FOUND', 'there is no account with this id');
    writeFileSync(path.join(dir, 'one.ndjson'), '{"orderId":"A"}\n');
    const ran = await run('import orders one.ndjson --account nobody --yes');
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('no account with this id')]);
    api.answers = () => undefined;
    const old = await run('import orders one.ndjson --account shop --yes');
    expect([old.code, old.err]).toEqual([1, expect.stringContaining('has no import of orders')]);
    expect(existsSync(path.join(dir, 'one.ndjson'))).toBe(true);
  });
});
