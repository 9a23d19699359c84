import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { loadConfiguration } from './load-configuration.js';
import { readPluginNames } from './layers.js';
import { errorOf, faultsOf, fileWith, GOOD, linesOf, load, toys } from './toys.spec-kit.js';

describe('a right file', () => {
  it('becomes accounts, targets and routes with their plugins', async () => {
    const config = await load(GOOD);
    expect(config.accounts).toEqual([
      expect.objectContaining({ id: 'main', settings: {}, publicUrl: '', test: false }),
    ]);
    expect(config.account('main')?.source.name).toBe('shop');
    expect(config.account('main')?.credentials).toEqual([
      { id: 'current', value: { vendor: 'mystore', secretKey: 'sk_main_1' } },
    ]);
    expect(config.target('track')?.options).toEqual({
      sockets: 32,
      ratePerSecond: null,
      test: false,
      orphanReversals: 'skip',
    });
    expect(config.routes[0]).toMatchObject({
      from: ['main'],
      to: ['track', 'tap'],
      events: ['SALE', 'REFUND'],
    });
    expect(config.warnings).toContain(
      'targets[1].settings.apiKey holds a secret in plain text: NODE_ENV=production refuses that',
    );
  });

  it('reads the options of a target and the default of open connections', async () => {
    const yaml = GOOD.replace(
      'target: partner',
      'target: partner\n    sockets: 8\n    ratePerSecond: 2.5\n    test: true\n    orphanReversals: send',
    );
    const config = await load(yaml, { env: { WAYBILL_SOCKETS: '64' } });
    expect(config.target('tap')?.options).toEqual({
      sockets: 8,
      ratePerSecond: 2.5,
      test: true,
      orphanReversals: 'send',
    });
    expect(config.target('track')?.options.sockets).toBe(64);
  });

  it('is an empty gateway when there is none, and a fault when a named one is missing', async () => {
    const options = { env: {}, registry: toys, production: true };
    const empty = await loadConfiguration({ ...options, path: fileWith('# nothing yet\n') });
    expect(empty.accounts).toEqual([]);
    const missing = loadConfiguration({ ...options, path: '/nowhere/waybill.yaml' });
    await expect(missing).rejects.toThrow(/WAYBILL_CONFIG: names .*ENOENT/);
  });

  it('hands its settings over frozen', async () => {
    const config = await load(GOOD);
    expect(Object.isFrozen(config.target('tap')?.settings)).toBe(true);
    expect(Object.isFrozen(config.account('main')?.credentials[0]?.value)).toBe(true);
  });

  it('keeps digits that a number would lose, where a text is wanted', async () => {
    const yaml = GOOD.replace('key_tap_1', '0012345678901234567890').replace('mystore', '1e5');
    const config = await load(yaml);
    expect(config.target('tap')?.settings).toMatchObject({ apiKey: '0012345678901234567890' });
    expect(config.account('main')?.credentials[0]?.value).toMatchObject({ vendor: '1e5' });
  });

  it('names its outside plugins before the rest is judged, whatever is wrong with the rest', async () => {
    const file = fileWith('plugins: [waybill-plugin-acme]\naccounts: nonsense\n');
    await expect(readPluginNames(file, {})).resolves.toEqual(['waybill-plugin-acme']);
    await expect(readPluginNames(fileWith('a: [b'), {})).resolves.toEqual([]);
  });
});

describe('faults', () => {
  it('come all at once, each with path, rule, line and example', async () => {
    const yaml = GOOD.replace('source: shop', 'source: shopp')
      .replace('target: partner', 'target: shop')
      .replace('https://tracker', 'http://tracker')
      .replace('events: [SALE, REFUND]', 'events: [SALES]')
      .concat('programs: []\n');
    const error = await errorOf(yaml);
    expect(error.code).toBe('WB_CONFIG_INVALID');
    expect(error.faults.map(({ path, where }) => `${path} @ ${where}`).toSorted()).toEqual([
      'accounts[0].source @ waybill.yaml line 4',
      'programs @ waybill.yaml line 17',
      'routes[0].events @ waybill.yaml line 16',
      'targets[0].settings.url @ waybill.yaml line 9',
      'targets[1].target @ waybill.yaml line 11',
    ]);
    expect(error.message).toContain(
      'WB_CONFIG_INVALID: 5 faults in the configuration. Nothing was started.',
    );
    expect(error.message).toContain(
      '  accounts[0].source: names no source plugin; did you mean "shop"? (waybill.yaml line 4)',
    );
    expect(error.message).toContain(
      '  targets[1].target: names no target plugin; it is a source; known: tracker, partner',
    );
    expect(error.message).toContain(
      '  routes[0].events: names the unknown event type "SALES"; did you mean SALE?',
    );
    expect(error.message).toContain('      example: https://tracker.example/postback');
    expect(error.message).toContain('programs: is not a setting; did you mean "programmes"?');
  });

  it.each([
    ['a list where a map belongs', '[]', 'must be a map of: accounts'],
    ['a text', 'hello', 'must be a map of: accounts'],
    ['a section of the wrong shape', 'accounts: { a: 1 }', 'accounts: must be a list'],
    ['an item of the wrong shape', 'targets: [1]', 'targets[0]: must be a map'],
  ])('%s', async (_name, yaml, expected) => {
    expect((await errorOf(yaml)).message).toContain(expected);
  });

  it('an injected judge may refuse any URL of a target', async () => {
    const judged: string[] = [];
    const checkUrl = async (url: string) => {
      judged.push(url);
      return url.includes('tracker') ? 'points at a port that is not allowed' : undefined;
    };
    expect(await linesOf(GOOD, { checkUrl })).toEqual([
      'targets[0].settings.url: points at a port that is not allowed',
    ]);
    expect(judged).toEqual(['https://tracker.example/p?cid={click_id}']);
  });

  it.each([
    [{ WAYBILL_ALLOW_INSECURE_HTTP: 'true' }, 'http://tracker.example', true],
    [{ WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' }, 'http://127.0.0.1:9', true],
    [{ WAYBILL_ALLOW_PRIVATE_TARGETS: '::1/128' }, 'http://[::1]:9', true],
    [{ WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' }, 'http://localhost:9', true],
    [{ WAYBILL_ALLOW_PRIVATE_TARGETS: '172.16.0.0/12' }, 'http://stub:8080', true],
    [{ WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' }, 'http://10.0.0.1', false],
    [{ WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' }, 'http://tracker.example', false],
    [{}, 'http://localhost', false],
  ])('plain http with %j: %s', async (env, base, fine) => {
    const loaded = load(GOOD.replace('https://tracker.example', base), { env });
    if (fine) await expect(loaded).resolves.toBeDefined();
    else await expect(loaded).rejects.toThrow('targets[0].settings.url: must start with https://');
  });
});

describe('YAML', () => {
  it('says the line of a duplicate key, beside the other faults', async () => {
    const lines = await linesOf(`${GOOD}accounts: []\ntargts: []\n`);
    expect(lines).toContain('waybill.yaml line 17: gives "accounts" a second time in the same map');
    expect(lines).toContain('targts: is not a setting; did you mean "targets"?');
  });

  it('explains the reference that lacks its quotes', async () => {
    const faults = await faultsOf(GOOD.replace('key_tap_1', '${env:KEY}'), { env: { KEY: 'x' } });
    expect(faults).toEqual([
      expect.objectContaining({
        path: 'waybill.yaml line 12',
        rule: expect.stringContaining('inside { } or [ ] a reference must be quoted'),
        example: '{ apiKey: "${env:NAME}" }',
      }),
    ]);
  });

  it.each([
    ['a: [1,\nb: 2', /line \d: /],
    ['a:\n\t- b', /line 2: .*tab/],
    ['a: *nobody', /file: has an alias/],
    ['a: 1\n---\nb: 2', /line 2: begins a second document/],
    ['a: &loop [*loop]', /nested too deep|is not a setting/],
  ])('refuses %j', async (yaml, expected) => {
    expect((await errorOf(yaml)).message).toMatch(expected);
  });

  it('never quotes the file, for it may hold secrets', async () => {
    const error = await errorOf('apiKey: "sk_live_very_secret\nother: } sk_live_very_secret');
    expect(inspect(error)).not.toContain('sk_live');
  });
});
