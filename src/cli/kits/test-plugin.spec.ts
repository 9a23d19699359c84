import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../demo/package-root.js';
import { waybill, type Ran } from '../program/terminal.spec-kit.js';

const ROOT = packageRoot();

describe('waybill plugin test', () => {
  let dir: string;
  beforeAll(() => {
    mkdirSync(path.join(ROOT, '.cache'), { recursive: true });
    // Inside the repository, where `#contract` is ours.
    dir = mkdtempSync(path.join(ROOT, '.cache/plugin-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const test = (folder: string, ...more: string[]): Promise<Ran> =>
    waybill(['plugin', 'test', folder, ...more], { cwd: ROOT });

  it.each(['plugins/stripe', 'plugins/postback'])('%s passes', async (folder) => {
    const { code, out } = await test(folder);
    expect([code, out]).toEqual([0, expect.stringMatching(/: \d+ checks, all pass\n$/)]);
  });

  it('names the check that fails, in a package with a golden file that is wrong', async () => {
    cpSync(path.join(ROOT, 'plugins/stripe'), dir, { recursive: true });
    cpSync(path.join(ROOT, 'dist/plugins/stripe'), path.join(dir, 'dist'), { recursive: true });
    writeFileSync(
      path.join(dir, 'package.json'),
      '{"type":"module","exports":{".":"./dist/index.js"}}',
    );
    const golden = path.join(dir, 'fixtures/checkout-sale/events.json');
    writeFileSync(golden, readFileSync(golden, 'utf8').replace('"SALE"', '"REBILL"'));
    const { code, out } = await test(dir, '--json');
    const { ok, checks } = JSON.parse(out) as {
      ok: boolean;
      checks: { name: string; faults: string[] }[];
    };
    expect([code, ok]).toEqual([1, false]);
    const failed = checks.filter(({ faults }) => faults.length > 0).map(({ name }) => name);
    expect(failed.some((name) => name.includes('checkout-sale'))).toBe(true);
  });

  it('says what to do where nothing is built, or there is nothing', async () => {
    const none = await test(path.join(dir, 'nowhere'));
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('there is no folder')]);
    const bare = await test(path.join(ROOT, 'docs'));
    expect([bare.code, bare.err]).toEqual([1, expect.stringContaining('must be a package')]);
  });
});
