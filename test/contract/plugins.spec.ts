import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { SealModule, SourcePlugin, TargetPlugin } from '../../src/contract/index.js';
import { runSourceSuite, runTargetSuite } from '../../src/testing/index.js';

/** The contract suite over every folder of plugins/. A new plugin is found by its folder; there is no list to keep. */

const PLUGINS = resolve(import.meta.dirname, '../../plugins');

const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(path).href)) as T;

const names = readdirSync(PLUGINS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Registers the suite of one folder. A folder that cannot be loaded fails as a test of its own, beside the others. */
async function register(name: string): Promise<void> {
  const dir = join(PLUGINS, name);
  const fixtures = join(dir, 'fixtures');
  const index = join(dir, 'index.ts');
  const { default: plugin } = await load<{ default: SourcePlugin | TargetPlugin }>(index);
  if (plugin.kind === 'target') {
    runTargetSuite(plugin, fixtures, { describe, it, expect });
  } else {
    const seal = await load<SealModule>(join(fixtures, 'seal.ts'));
    runSourceSuite(plugin, fixtures, seal, { describe, it, expect });
  }
}

for (const name of names) {
  await register(name).catch((error: unknown) => {
    it(`${name} can be loaded`, () => expect(error).toBeUndefined());
  });
}

describe('the plugins folder', () => {
  it('is not empty', () => expect(names.length).toBeGreaterThan(0));
});
