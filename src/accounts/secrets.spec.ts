import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { MASK } from '#contract';
import { formatFaults } from '../platform/config/index.js';
import { Configuration } from './configuration.js';
import { loadConfiguration } from './load-configuration.js';
import { errorOf, faultsOf, fileWith, GOOD, linesOf, load, toys } from './toys.spec-kit.js';

const REFERRED = GOOD.replace('sk_main_1', '"${env:SHOP_KEY}"').replace(
  'key_tap_1',
  '"${env:TAP_KEY}"',
);
const env = { SHOP_KEY: 'shop-plaintext', TAP_KEY: 'tap-plaintext' };

describe('references', () => {
  it('take the value of a variable, whole or inside a text', async () => {
    const yaml = REFERRED.replace(
      'cid={click_id}',
      () => 'cid={click_id}&t=${env:TOKEN}&x=${click_id}&y=$${env:TOKEN}',
    );
    const config = await load(yaml, { env: { ...env, TOKEN: 'tok-plaintext' } });
    expect(config.target('track')?.settings).toMatchObject({
      url: 'https://tracker.example/p?cid={click_id}&t=tok-plaintext&x=${click_id}&y=${env:TOKEN}',
    });
    expect(config.secrets()).toEqual(
      expect.arrayContaining(['shop-plaintext', 'tap-plaintext', 'tok-plaintext']),
    );
  });

  it('read files, absolute or beside the configuration, without the last line break', async () => {
    const secretFile = fileWith('from-a-file\n', 'key');
    const file = fileWith(
      REFERRED.replace('env:SHOP_KEY', `file:${secretFile}`).replace('env:TAP_KEY', 'file:tap.key'),
    );
    writeFileSync(path.join(path.dirname(file), 'tap.key'), 'beside\r\n');
    const config = await loadConfiguration({
      path: file,
      env: {},
      registry: toys,
      production: true,
    });
    expect(config.account('main')?.credentials[0]?.value).toMatchObject({
      secretKey: 'from-a-file',
    });
    expect(config.target('tap')?.settings).toMatchObject({ apiKey: 'beside' });
  });

  it.each([
    ['${env:NOT_SET}', 'needs the environment variable NOT_SET, which is not set'],
    ['${env:EMPTY}', 'needs the environment variable EMPTY, which is not set'],
    ['${env:NO-NAME}', '"NO-NAME" is not the name of a variable'],
    ['${vault:kv/tap}', 'has a reference of the unknown kind "vault"; known: env, file'],
    ['${file:/nowhere/key}', 'needs the file /nowhere/key, which cannot be read (ENOENT)'],
    ['${file:/}', 'cannot be read (EISDIR)'],
    ['pre-${env:NOT_SET}', 'needs the environment variable NOT_SET'],
  ])('%s is one fault with its path', async (reference, rule) => {
    const lines = await linesOf(REFERRED.replace('${env:TAP_KEY}', reference), {
      env: { ...env, EMPTY: '' },
      production: true,
    });
    expect(lines).toEqual([expect.stringContaining(`targets[1].settings.apiKey: `)]);
    expect(lines[0]).toContain(rule);
  });

  it('that are missing hide the faults that only follow from them, no others', async () => {
    const yaml = GOOD.replace('https://tracker.example/p?cid={click_id}', '${env:URL}').replace(
      'from: main',
      'from: mian',
    );
    expect(await linesOf(yaml)).toEqual([
      'targets[0].settings.url: needs the environment variable URL, which is not set',
      'routes[0].from: names the unknown account "mian"; did you mean "main"?',
    ]);
  });
});

describe('secrets in plain text', () => {
  it('stop a production start, each with its path and a reference as the example', async () => {
    expect(await faultsOf(GOOD, { production: true })).toEqual([
      {
        path: 'accounts[0].credentials.secretKey',
        rule: 'holds a secret in plain text, refused when NODE_ENV=production; write a reference',
        example: '"${env:SECRET_KEY}"',
        where: 'waybill.yaml line 5',
      },
      {
        path: 'targets[1].settings.apiKey',
        rule: 'holds a secret in plain text, refused when NODE_ENV=production; write a reference',
        example: '"${env:API_KEY}"',
        where: 'waybill.yaml line 12',
      },
    ]);
  });

  it('are found in structures, in routes and among digits too', async () => {
    const yaml = `${REFERRED}  - { from: "*", to: tap, settings: { apiKey: other_literal } }
`.replace(
      'targets:',
      '  - { id: c, source: crm, credentials: { verifier: { preset: hmac, secret: literal } } }\ntargets:',
    );
    expect((await faultsOf(yaml, { env, production: true })).map((fault) => fault.path)).toEqual([
      'accounts[1].credentials.verifier',
      'routes[1].settings.apiKey',
    ]);
    const digits = REFERRED.replace('"${env:TAP_KEY}"', '12345678');
    expect((await faultsOf(digits, { env, production: true })).map((fault) => fault.path)).toEqual([
      'targets[1].settings.apiKey',
    ]);
  });

  it('pass where a reference supplies them', async () => {
    const yaml = REFERRED.replace(
      'targets:',
      '  - { id: c, source: crm, credentials: { verifier: { preset: hmac, secret: "${env:SHOP_KEY}" } } }\ntargets:',
    );
    await expect(load(yaml, { env, production: true })).resolves.toBeInstanceOf(Configuration);
  });
});

describe('nothing shown holds a secret', () => {
  const shown = (config: Configuration): string =>
    [
      JSON.stringify(config),
      JSON.stringify(config.describe()),
      inspect(config, { depth: 20 }),
    ].join('\n');

  it('neither description nor JSON nor inspection', async () => {
    const yaml = REFERRED.replace('cid={click_id}', 'cid={click_id}&t=${env:TOKEN}').concat(
      '  - { from: "*", to: tap, settings: { apiKey: route_literal } }\n',
    );
    const text = shown(await load(yaml, { env: { ...env, TOKEN: 'tok-plaintext' } }));
    expect(text).not.toMatch(/plaintext|route_literal/);
    expect(text).toContain(`cid={click_id}&t=${MASK}`);
    expect(text).toContain('mystore');
  });

  it('not even a short one, where it is a whole text', async () => {
    const config = await load(GOOD.replace('vendor: mystore', 'vendor: "${env:V}"'), {
      env: { V: 'ab' },
    });
    expect(config.describe()['accounts']).toMatchObject([
      { credentials: [{ value: { vendor: MASK, secretKey: MASK } }] },
    ]);
  });

  it('nor any fault, whatever is wrong beside it', async () => {
    const yaml = REFERRED.replace('vendor: mystore', 'vendr: mystore')
      .replace('to: [track, tap]', 'to: ["${env:TAP_KEY}"]')
      .replace('[SALE, REFUND]', '["${env:SHOP_KEY}"]')
      .replace('target: tracker', 'target: lit_plaintext')
      .concat('  - { from: "*", to: tap, settings: { apiKey: lit_plaintext } }\n');
    const error = await errorOf(yaml, { env });
    expect(error.faults.length).toBeGreaterThan(3);
    expect(JSON.stringify(error.faults)).not.toContain('-plaintext');
    expect(inspect(error)).not.toContain('-plaintext');
    expect(formatFaults(error.faults)).not.toContain('-plaintext');
  });

  it('nor the hash, which still changes with a secret', async () => {
    const one = await load(REFERRED, { env });
    const again = await load(`# a comment\n${REFERRED}`, { env });
    const rotated = await load(REFERRED, { env: { ...env, TAP_KEY: 'other' } });
    const moved = await load(REFERRED.replace('tracker.example', 'tracker2.example'), { env });
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(again.hash).toBe(one.hash);
    expect(new Set([one.hash, rotated.hash, moved.hash]).size).toBe(3);
  });
});
