import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import plugin from './index.js';
import * as sealModule from './fixtures/seal.js';
import { runSourceSuite } from '../../src/testing/suite.js';
import { readSource, sourceInput, summary } from '../../src/testing/source-run.js';
const dir = join(import.meta.dirname, 'fixtures');
const read = (f: string, d: unknown) => existsSync(f) ? JSON.parse(readFileSync(f, 'utf8')) : d;
if (process.env['GOLD']) for (const name of readdirSync(dir)) {
  const d = join(dir, name);
  if (!existsSync(join(d, 'payload.json'))) continue;
  const one = { name, payload: read(join(d, 'payload.json'), null), options: read(join(d, 'case.json'), {}), golden: {} };
  const s = summary(readSource(plugin as never, sourceInput(plugin as never, one as never, sealModule as never)));
  writeFileSync(join(d, 'events.json'), JSON.stringify(s, null, 2) + '\n');
}
runSourceSuite(plugin as never, dir, sealModule as never, { describe, it, expect } as never);
