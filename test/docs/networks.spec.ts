import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as prettier from 'prettier';
import type { SourcePlugin } from '../../src/contract/index.js';
import { networksPage } from './networks-page.js';
import { isSource, plugins, ROOT } from './pages.js';

const PAGE = join(ROOT, 'docs/networks.md');

/** With UPDATE_DOCS set, the page is written instead of judged; the next run judges it. */
describe('docs/networks.md', () => {
  let sources: readonly SourcePlugin[];
  let wanted: string;

  beforeAll(async () => {
    sources = (await plugins()).filter(isSource);
    const options = await prettier.resolveConfig(PAGE);
    wanted = await prettier.format(networksPage(sources), { ...options, parser: 'markdown' });
    if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, wanted);
  });

  it('says what the plugins say', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(wanted);
  });

  it('has a row for every word of every source', () => {
    const page = readFileSync(PAGE, 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `')).length;
    expect(rows).toBe(sources.reduce((sum, { events }) => sum + events.length, 0));
    expect(sources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['buygoods', 'clickbank', 'crm', 'digistore24', 'stripe']),
    );
  });
});
