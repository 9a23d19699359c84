import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findAdminKey } from './admin-key.js';
import { gatewayUrl } from './client.js';

const HERE = new URL('http://127.0.0.1:3000');
const AWAY = new URL('https://waybill.example.com');

describe('the admin key', () => {
  let cwd: string;
  beforeAll(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'waybill-cli-'));
    mkdirSync(path.join(cwd, '.waybill'));
    writeFileSync(path.join(cwd, '.waybill/admin-key'), 'wbk_of-this-machine\n');
    writeFileSync(path.join(cwd, 'named'), 'wbk_named\n');
    writeFileSync(path.join(cwd, 'empty'), '\n');
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it('comes from the file that was named, else the environment, else the data directory', () => {
    const env = { WAYBILL_ADMIN_KEY: 'wbk_given' };
    expect(findAdminKey('named', HERE, { env, cwd })).toBe('wbk_named');
    expect(findAdminKey(undefined, HERE, { env, cwd })).toBe('wbk_given');
    expect(findAdminKey(undefined, HERE, { env: {}, cwd })).toBe('wbk_of-this-machine');
    const data = { WAYBILL_DATA: path.join(cwd, '.waybill') };
    expect(findAdminKey(undefined, HERE, { env: data, cwd: '/' })).toBe('wbk_of-this-machine');
  });

  it('of this machine is never sent to another', () => {
    expect(() => findAdminKey(undefined, AWAY, { env: {}, cwd })).toThrow('no admin key');
    expect(() => findAdminKey('empty', HERE, { env: {}, cwd })).toThrow('holds no key');
  });

  it.each(['ftp://x', 'nonsense', 'http://user@x', 'http://x/?a=1', 'http://x/#a'])(
    '%s is no address of a gateway',
    (url) => expect(() => gatewayUrl(url, {})).toThrow('no address of a gateway'),
  );
});
