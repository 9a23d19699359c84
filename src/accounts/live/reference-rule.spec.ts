import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { referenceRule } from './reference-rule.js';

describe('references of objects made through the admin API', () => {
  let root: string;
  let allowed: string;

  beforeAll(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'waybill-refs-'));
    allowed = path.join(root, 'secrets');
    mkdirSync(allowed);
    writeFileSync(path.join(allowed, 'tap'), 'x');
    writeFileSync(path.join(root, 'admin-key'), 'x');
    symlinkSync(path.join(root, 'admin-key'), path.join(allowed, 'link'));
    mkdirSync(path.join(root, 'secrets-of-others'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('may name any variable but the settings of the gateway', () => {
    const rule = referenceRule(null);
    for (const name of [
      'MONGODB_URI',
      'REDIS_URL',
      'VAULT_TOKEN',
      'WAYBILL_ADMIN_KEY',
      'WAYBILL_SECRET_KEYS',
      'WAYBILL_ANYTHING',
    ])
      expect([name, rule('env', name)]).toEqual([
        name,
        expect.stringContaining('must not reference'),
      ]);
    expect([rule('env', 'TAP_KEY'), rule('vault', 'kv/x#y')]).toEqual([undefined, undefined]);
  });

  it('may name files below the one directory, and leave it by no path and no link', () => {
    expect(referenceRule(null)('file', '/run/secrets/x')).toContain('names no directory');
    const rule = (name: string) => referenceRule(allowed)('file', name);
    expect([rule(path.join(allowed, 'tap')), rule(path.join(allowed, 'not-there-yet'))]).toEqual([
      undefined,
      undefined,
    ]);
    for (const name of [
      'tap',
      './tap',
      allowed,
      path.join(allowed, '..', 'admin-key'),
      `${allowed}/../admin-key`,
      path.join(allowed, 'link'),
      path.join(root, 'secrets-of-others', 'x'),
      '/etc/passwd',
    ])
      expect([name, rule(name)]).toEqual([
        name,
        expect.stringContaining('must reference a file below'),
      ]);
  });
});
