import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waybill, type Ran } from '../program/terminal.spec-kit.js';
import { shellWord, variableName } from './shell-word.js';

const STRIPE = 'whsec_neverShown0123456789';
const TOKEN = "to'ken/with $pecials_4711";

describe('sign and verify', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'waybill-cli-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const env = { STRIPE, TOKEN, BLANK: ` ${STRIPE} `, OTHER: 'whsec_another0123456789abcdef' };
  const run = (words: string, more: readonly string[] = []): Promise<Ran> =>
    waybill([...words.trim().split(' '), ...more], { cwd: dir, env });
  const file = (name: string): string => path.join(dir, name);
  const verify = (name: string, more = '--secret signingSecret=env:STRIPE'): Promise<Ran> =>
    run(`verify stripe ${name} ${more}`);

  it('agree on what was signed; the file is for its owner only', async () => {
    const signed = await run('sign stripe.sale --secret signingSecret=env:STRIPE --out ok.http');
    expect(signed.code).toBe(0);
    expect(statSync(file('ok.http')).mode & 0o077).toBe(0);
    const { code, out } = await verify('ok.http');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/from Stripe: signed\n {2}SALE .* order pi_WBT/),
    ]);
    const again = await run('sign stripe.sale --secret signingSecret=env:STRIPE --out ok.http');
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('EEXIST')]);
  });

  it.each([
    ['a line break more', (text: string) => `${text}\n`, 'without the line break at its end'],
    ['one less', (text: string) => text.trimEnd(), 'with a line break at its end'],
    ['other line ends', (text: string) => text.replaceAll(/\r?\n/g, '\r\n'), 'with LF for CRLF'],
  ])('%s: that is found out', async (_what, change, says) => {
    writeFileSync(file('changed.http'), change(readFileSync(file('ok.http'), 'utf8')));
    const { code, out } = await verify('changed.http');
    expect([code, out]).toEqual([1, expect.stringContaining(`refused (bad-signature)`)]);
    expect(out).toContain(`It would pass ${says}`);
  });

  it('JSON that was formatted anew is found out', async () => {
    await run('sign lemonsqueezy.sale --secret signingSecret=env:STRIPE --out json.http');
    const text = readFileSync(file('json.http'), 'utf8');
    const at = text.indexOf('\r\n\r\n') + 4;
    const anew = text.slice(0, at) + JSON.stringify(JSON.parse(text.slice(at)), null, 2);
    writeFileSync(file('anew.http'), anew);
    const { out } = await run('verify lemonsqueezy anew.http --secret signingSecret=env:STRIPE');
    expect(out).toContain('It would pass as compact JSON');
  });

  it('a time that has passed is found out, and another secret is not explained away', async () => {
    const late = await verify('ok.http', '--secret signingSecret=env:STRIPE --at 2026-12-24');
    expect(late.out).toContain('It would pass at 2026-11-20T10:00:00.000Z');
    const other = await verify('ok.http', '--secret signingSecret=env:OTHER');
    expect([other.code, other.out]).toEqual([
      1,
      expect.stringContaining('compare secret and account'),
    ]);
    const none = await verify('ok.http', '');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('missing: signingSecret')]);
  });

  it('takes JSON of a request catcher, and says of other files what it wants', async () => {
    const [head = '', body = ''] = readFileSync(file('ok.http'), 'utf8').split('\r\n\r\n');
    const lines = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(': ') as [string, string]);
    const caught = {
      method: 'POST',
      url: '/in/stripe/a',
      headers: Object.fromEntries(lines),
      body,
    };
    writeFileSync(file('caught.json'), JSON.stringify(caught));
    expect((await verify('caught.json')).code).toBe(0);
    writeFileSync(file('none.txt'), 'hello');
    const none = await verify('none.txt');
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('no caught request')]);
  });

  it('puts a variable in the place of a secret that the request itself holds', async () => {
    const words = 'sign buygoods.sale --credential accountId=10200 --secret pathToken=env:TOKEN';
    const { code, out, err } = await run(words);
    expect([code, err]).toEqual([0, expect.stringContaining('set PATH_TOKEN first')]);
    expect(out).toContain('/in/buygoods/buygoods/"$PATH_TOKEN"');
    expect(out + err).not.toMatch(/pecials_4711/);
  });
});

describe('a word of the shell', () => {
  it.each([
    ['plain', []],
    ['it\'s $HOME `x` "q"\nline', []],
    ['before SECRET after', ['SECRET']],
    ["SECRET'SECRET", ['SECRET']],
  ])('%j comes out of sh as it went in', (text, secrets) => {
    const word = shellWord(text, new Map(secrets.map((one) => [one, 'HELD'])));
    if (secrets.length > 0) expect(word).not.toContain('SECRET');
    const out = execFileSync('sh', ['-c', `printf %s ${word}`], {
      env: { HELD: 'SECRET' },
      encoding: 'utf8',
    });
    expect(out).toBe(text);
  });

  it('names a variable by the credential', () => {
    expect([variableName('secretKey'), variableName('path-token')]).toEqual([
      'SECRET_KEY',
      'PATH_TOKEN',
    ]);
  });
});
