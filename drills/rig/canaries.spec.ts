import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nothingLeaked } from './canaries.js';

const CANARIES = { 'personal data': 'canary.example', 'the secret': 'whsec_canary' };

describe('the search for leaks', () => {
  let dir: string;
  const clean = (): string => path.join(dir, 'clean.log');
  const write = (name: string, text: string | Buffer): string => {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };

  beforeAll(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-canaries-'));
    write('clean.log', 'nothing to see');
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('is content where nothing is, and says how much it read', () => {
    const found = nothingLeaked(CANARIES, { files: [clean()], dirs: [], texts: ['an answer'] });
    expect([found.ok, found.detail]).toEqual([true, '23 bytes read; nothing found']);
  });

  it('finds a canary in a file, in a binary dump below a directory, and in an answer', () => {
    const log = write('gateway.log', '{"err":"whsec_canary"}\n');
    write('redis/base/dump.rdb', Buffer.from([0xff, 0, ...Buffer.from('x@canary.example'), 0xfe]));
    const found = nothingLeaked(CANARIES, {
      files: [clean(), log],
      dirs: [path.join(dir, 'redis')],
      texts: ['', '{"reason":"canary.example"}'],
    });
    expect(found.ok).toBe(false);
    expect(found.detail).toMatch(
      /the secret in gateway\.log, personal data in dump\.rdb, personal data in an answer$/,
    );
  });

  it('refuses to look where there is nothing to look at', () => {
    const missing = { files: [path.join(dir, 'no.log')], dirs: [], texts: [] };
    expect(() => nothingLeaked(CANARIES, missing)).toThrow('ENOENT');
  });
});
