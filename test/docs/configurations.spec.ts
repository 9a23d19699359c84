import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfiguration, type Configuration } from '../../src/accounts/index.js';
import { OutboundGuard } from '../../src/platform/http/outbound-guard.js';
import { builtInPluginDir, loadRegistry, type Registry } from '../../src/registry/index.js';
import { blocksOf, OWN_PAGES, PAGES, ROOT, textOf, type Block } from './pages.js';

/** A block titled `waybill.yaml` promises to be a whole file. */
const isWhole = ({ language, title }: Block): boolean =>
  language === 'yaml' && title === 'waybill.yaml';

const whole = OWN_PAGES.flatMap((page) =>
  blocksOf(page)
    .filter(isWhole)
    .map(({ text }, at) => ({ page, at, text })),
);

/** Accounts as a plugin's page shows them; placeholders such as `…` are for readers, not for machines. */
const accounts = PAGES.filter((page) => page.startsWith('plugins')).flatMap((page) =>
  blocksOf(page)
    .filter(({ language, text }) => language === 'yaml' && /^(?:accounts|targets):/m.test(text))
    .filter(({ text }) => !text.includes('…'))
    .map(({ text }, at) => ({ page, at, text })),
);

/** Every referenced variable gets a value that suits each of our sources: 128 bits in hex. */
const envFor = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name = '']) => [
      name,
      'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    ]),
  );

describe('configurations in pages', () => {
  let registry: Registry;
  let home: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'waybill-docs-'));
    registry = await loadRegistry({
      pluginDirs: [builtInPluginDir()],
      packages: [],
      resolveFrom: ROOT,
    });
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const load = (text: string): Promise<Configuration> => {
    const path = join(home, 'waybill.yaml');
    writeFileSync(path, text);
    const guard = new OutboundGuard({ allowPrivate: [], allowInsecureHttp: false });
    return loadConfiguration({
      path,
      env: envFor(text),
      registry,
      production: true,
      checkUrl: (url) => {
        const checked = guard.checkUrl(url.replaceAll(/\{[^{}]*\}/g, 'x'));
        return checked.ok ? undefined : checked.message;
      },
    });
  };

  it.each(whole)('$page, file $at: loads in production with the real plugins', async ({ text }) => {
    const { warnings } = await load(text);
    expect(warnings).toEqual([]);
  });

  it('are there at all', () => {
    expect(whole.map(({ page }) => page)).toContain('README.md');
  });

  it.each(accounts)('$page, block $at: loads with the real plugins', async ({ text }) => {
    const loaded = await load(text);
    expect(loaded.accounts.length + loaded.targets.length).toBeGreaterThan(0);
  });

  it('waybill.example.yaml loads in production with the real plugins', async () => {
    const { routes } = await load(textOf('waybill.example.yaml'));
    expect(routes.length).toBeGreaterThan(1);
  });

  const every = PAGES.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === 'yaml' || language === 'json')
      .map(({ language, text }, at) => ({ page, at, language, text })),
  );

  it.each(every)('$page, $language block $at is readable', ({ language, text }) => {
    expect(language === 'json' ? JSON.parse(text) : parse(text)).toBeDefined();
  });
});
