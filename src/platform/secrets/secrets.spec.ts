import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadAdminKey } from './admin-key.js';
import { loadProcessKey, ProcessKey } from './process-key.js';

const LONG = 'a passphrase of thirty-two letters or more';

describe('secrets in the data directory', () => {
  let root: string;
  let dir: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'waybill-secrets-'));
    dir = path.join(root, 'data');
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

  describe('the process key', () => {
    const hash = (key: ProcessKey) => key.hash('email', 'anna@shop.example');

    it('is made once, for nobody else to read, and found again', () => {
      const first = hash(loadProcessKey(dir, undefined));
      expect([mode(path.join(dir, 'key')), mode(dir)]).toEqual(['600', '700']);
      expect(readFileSync(path.join(dir, 'key'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
      expect(hash(loadProcessKey(dir, undefined))).toBe(first);
      expect(hash(loadProcessKey(path.join(root, 'other'), undefined))).not.toBe(first);
    });

    it('comes from the environment where given: no file, the same on every replica', () => {
      const first = hash(loadProcessKey(dir, LONG));
      expect(existsSync(dir)).toBe(false);
      expect(hash(loadProcessKey(path.join(root, 'other'), LONG))).toBe(first);
      expect(hash(loadProcessKey(dir, `${LONG}!`))).not.toBe(first);
    });

    it('is the same with and without a line end in its file', () => {
      const first = hash(loadProcessKey(dir, undefined));
      const file = path.join(dir, 'key');
      writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
      expect(hash(loadProcessKey(dir, undefined))).toBe(first);
    });

    it.each(['', '\n', 'short', 'a1'.repeat(31)])(
      'is never %p, as a crash or a full disk may leave it',
      (text) => {
        loadProcessKey(dir, undefined);
        writeFileSync(path.join(dir, 'key'), text);
        expect(() => loadProcessKey(dir, undefined)).toThrow(/key/);
      },
    );

    it('tells kinds apart, gives 32 hex digits, and shows nothing of the value', () => {
      const key = new ProcessKey(Buffer.from(LONG));
      expect(key.hash('email', 'x')).toMatch(/^[0-9a-f]{32}$/);
      expect(key.hash('email', 'x')).not.toBe(key.hash('customer', 'x'));
      expect(key.hash('email', 'x')).toBe(key.hash('email', 'x'));
    });
  });

  describe('the first admin key', () => {
    it('is made once, for nobody else to read, and said to be new once', () => {
      const first = loadAdminKey(dir, null);
      const file = path.join(dir, 'admin-key');
      expect(first).toMatchObject({ file, made: true });
      expect(first.value).toMatch(/^wbk_[\w-]{43}$/);
      expect([mode(file), mode(dir)]).toEqual(['600', '700']);
      expect(loadAdminKey(dir, null)).toEqual({ value: first.value, file, made: false });
    });

    it('comes from the environment where given, and touches no disk', () => {
      expect(loadAdminKey(dir, 'wbk_given')).toEqual({
        value: 'wbk_given',
        file: null,
        made: false,
      });
      expect(existsSync(dir)).toBe(false);
    });

    it.each(['', '\n', `wbk_${'x'.repeat(42)}`])(
      'is never %p: that would let everybody in',
      (text) => {
        loadAdminKey(dir, null);
        const file = path.join(dir, 'admin-key');
        chmodSync(file, 0o600);
        writeFileSync(file, text);
        expect(() => loadAdminKey(dir, null)).toThrow(/admin-key/);
      },
    );
  });
});
