import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

/** What happens at the moment in which the new file is put in its place. */
let atLink: () => void = () => undefined;

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  linkSync: (from: string, to: string) => {
    atLink();
    fs.linkSync(from, to);
  },
}));
const { KeyFileError, loadKeyFile } = await import('./key-file.js');

const OURS = 'a'.repeat(64);
const THEIRS = 'b'.repeat(64);

describe('a key file', () => {
  let root: string;
  let file: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-key-'));
    file = path.join(root, 'data', 'key');
    atLink = () => undefined;
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });

  const load = () => loadKeyFile({ file, whole: /^[ab]{64}$/, make: () => `${OURS}\n` });
  const fails = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };

  it('of a process that was faster by a moment is taken over, and nothing is left behind', () => {
    atLink = () => fs.writeFileSync(file, THEIRS);
    expect(load()).toEqual({ value: THEIRS, made: false });
    expect(fs.readdirSync(path.dirname(file))).toEqual(['key']);
    expect(load()).toEqual({ value: THEIRS, made: false });
  });

  it('is never seen half: it gets its name when it is whole', () => {
    let seen: unknown;
    atLink = () => (seen = fs.existsSync(file));
    expect([load(), seen]).toEqual([{ value: OURS, made: true }, false]);
  });

  it.each(['EPERM', 'ENOTSUP'])('is made on a file system without hard links (%s), too', (code) => {
    atLink = fails(code);
    expect(load()).toEqual({ value: OURS, made: true });
    expect((fs.statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(fs.readdirSync(path.dirname(file))).toEqual(['key']);
  });

  it('is not replaced on such a file system either', () => {
    atLink = () => {
      fs.writeFileSync(file, THEIRS);
      fails('EPERM')();
    };
    expect(load()).toEqual({ value: THEIRS, made: false });
  });

  it('that cannot be made leaves nothing behind', () => {
    atLink = fails('ENOSPC');
    expect(load).toThrow('ENOSPC');
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  it.each([
    ['cut short', OURS.slice(1), 'whole key'],
    ['empty', '\n', 'empty'],
  ])('that is %s is refused with a code, and kept', (_name, text, why) => {
    load();
    fs.writeFileSync(file, text);
    expect(load).toThrow(KeyFileError);
    expect(load).toThrow(new RegExp(`^WB_KEY_FILE: .*${why}`));
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  });

  it('that is a directory is refused with a code', () => {
    fs.mkdirSync(file, { recursive: true });
    expect(load).toThrow(/^WB_KEY_FILE: .*EISDIR/);
  });
});
