import { describe, expect, it } from '@jest/globals';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSourceCases } from '../../src/testing/fixtures.js';
import { readSource, sourceInput, summary } from '../../src/testing/source-run.js';
import { readdirSync } from 'node:fs';
import plugin from './index.js';
import * as seal from './fixtures/seal.js';
describe('gen', () => it('writes', () => {
  const dir = join(import.meta.dirname, 'fixtures');
  for (const e of readdirSync(dir, { withFileTypes: true })) if (e.isDirectory() && !existsSync(join(dir, e.name, 'events.json'))) writeFileSync(join(dir, e.name, 'events.json'), '{"todo":1}');
  for (const one of loadSourceCases(dir)) {
    if (!('todo' in one.golden)) continue;
    const input = sourceInput(plugin as never, one, seal);
    const s = summary(readSource(plugin as never, input));
    writeFileSync(join(dir, one.name, 'events.json'), JSON.stringify(s, null, 2) + '\n');
  }
  expect(1).toBe(1);
}));
