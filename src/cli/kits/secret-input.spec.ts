import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waybill, type Ran } from '../program/terminal.spec-kit.js';

const SECRET = 'never-to-be-shown-4711';

describe('secrets on the command line', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'waybill-cli-'));
    writeFileSync(path.join(dir, 'key'), `${SECRET}\r\n`);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const sign = (from: string, world: object = {}): Promise<Ran> => {
    const words = ['sign', 'clickbank.sale', '--credential', 'vendor=mystore', '--json'];
    return waybill([...words, '--secret', `secretKey=${from}`], { cwd: dir, ...world });
  };
  const bodyOf = ({ out }: Ran): string => (JSON.parse(out) as { body: string }).body;

  it('come from a variable, a file without its last line break, or standard input', async () => {
    const all = await Promise.all([
      sign('env:KEY', { env: { KEY: SECRET } }),
      sign('file:key'),
      sign('-', { stdin: `${SECRET}\n` }),
    ]);
    for (const ran of all) {
      expect([ran.code, ran.out.includes(SECRET), ran.err]).toEqual([0, false, '']);
      expect(bodyOf(ran)).toContain('notification');
    }
  });

  it.each([
    ['env:NOT_THERE', 1, 'NOT_THERE is not set'],
    ['file:nowhere', 1, 'nowhere cannot be read (ENOENT)'],
    [SECRET, 2, 'says where the secret is, never what it is'],
  ])('%s is refused, and not repeated', async (from, code, says) => {
    const ran = await sign(from);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toContain(SECRET);
  });
});
