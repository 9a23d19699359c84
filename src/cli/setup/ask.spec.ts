import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpecApi } from '../gateway/api.spec-kit.js';
import { waybill, type Ran } from '../program/terminal.spec-kit.js';

const SECRET = 'typed-and-never-shown';
const PLUGIN = {
  ...{ kind: 'source', name: 'clickbank', label: 'ClickBank' },
  source: {
    credentials: {
      properties: {
        vendor: { type: 'string', title: 'Account nickname' },
        secretKey: { type: 'string', title: 'Secret key', writeOnly: true },
      },
      required: ['vendor', 'secretKey'],
    },
    settings: { properties: { days: { type: 'integer' }, on: { type: 'boolean' } }, required: [] },
  },
};

describe('a person at a terminal', () => {
  let api: SpecApi;
  beforeAll(async () => {
    api = await SpecApi.start();
    api.answers = ({ where, method }) => {
      if (where === 'plugins') return { items: [PLUGIN] };
      if (where === 'accounts')
        return { items: [{ id: 'cb', inbound: { path: '/in/clickbank/cb' } }] };
      return method === 'PUT' || method === 'DELETE' ? { version: 2, changed: true } : undefined;
    };
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    api.asked.length = 0;
  });

  /** Answers each question, as it is asked. */
  const answering = (line: string, answers: Record<string, string>): Promise<Ran> => {
    const stdin = new PassThrough();
    const terminal = { in: true, out: false, err: true };
    const onErr = (text: string): void => {
      const [, answer] =
        Object.entries(answers).find(([question]) => text.includes(question)) ?? [];
      if (answer !== undefined) setImmediate(() => stdin.write(`${answer}\n`));
    };
    return waybill(line.split(' '), { env: api.env, stdin, terminal, onErr });
  };
  const put = (): unknown => {
    const one = api.asked.find(({ method }) => method === 'PUT');
    return one === undefined ? undefined : (JSON.parse(one.body) as unknown);
  };

  it('is asked for what is missing; a secret is not shown while it is typed', async () => {
    const answers = { 'Account nickname': 'mystore', 'Secret key': SECRET };
    const ran = await answering('source add clickbank --id cb --set days=3 --set on=true', answers);
    expect([ran.code, ran.out]).toEqual([0, expect.stringContaining('/in/clickbank/cb')]);
    expect(put()).toEqual({
      source: 'clickbank',
      credentials: { vendor: 'mystore', secretKey: SECRET },
      settings: { days: 3, on: true },
    });
    expect(ran.out + ran.err).not.toContain(SECRET);
    expect(ran.err).toContain('not shown while you type');
  });

  it('may say no', async () => {
    const ran = await answering('keys revoke k1', { 'revoke the key k1': 'n' });
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('nothing was done')]);
    expect(api.asked).toEqual([]);
    expect(await answering('keys revoke k1', { 'revoke the key k1': 'y' })).toMatchObject({
      code: 0,
    });
  });

  it.each([
    ['--set dys=3', 'did you mean days?'],
    ['--set days=three', 'days must be a whole number'],
    ['--set on=maybe', 'on must be true or false'],
    ['--set secretKey=plain', 'everybody on this machine could read it'],
    ['--set vendor', '--set takes name=value'],
  ])('%s is refused before anything is sent', async (words, says) => {
    const ran = await answering(`source add clickbank ${words}`, {});
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(says)]);
    expect(put()).toBeUndefined();
  });

  it('may store a reference instead of a secret', async () => {
    const words = 'source add clickbank --set vendor=v --set secretKey=${env:CB}';
    expect(await answering(words, {})).toMatchObject({ code: 0 });
    expect(put()).toMatchObject({ credentials: { secretKey: '${env:CB}' } });
  });
});
