import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildGateway } from '../../test/contract/built-gateway.js';
import {
  builtInPluginDir,
  loadRegistry,
  Registry,
  RegistryError,
  RegistryModule,
} from './index.js';

const ROOT = resolve(import.meta.dirname, '../..');
const CONTRACT = join(ROOT, 'src/contract/index.ts');

let dir: string;

function write(file: string, text: string): void {
  const path = join(dir, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Members of a sound source, as source text; `more` overrides. */
const source = (name: string, more = ''): string =>
  `import { NoSettings } from '${CONTRACT}';
export default {
  kind: 'source', contract: '1.0', name: '${name}', label: 'A network',
  credentials: NoSettings, settings: NoSettings, methods: ['POST'],
  events: [{ native: 'sold', becomes: 'SALE' }],
  verify: () => ({ ok: false, reason: 'malformed' }), normalize: () => [], ${more}
};`;

const target = (name: string, more = ''): string =>
  `import { defineTarget, NoSettings } from '${CONTRACT}';
export default defineTarget({
  name: '${name}', label: 'A partner', settings: NoSettings, accepts: ['SALE'],
  build: () => ({ skip: 'unmapped' }), ${more}
});`;

const load = (packages: readonly string[] = []) =>
  loadRegistry({ pluginDirs: [join(dir, 'plugins')], packages, resolveFrom: dir });

/** Codes and paths (from the plugins folder on) of the faults that a load ends with. */
async function faults(packages: readonly string[] = []): Promise<readonly string[]> {
  const error: unknown = await load(packages).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RegistryError)) throw new Error(`no RegistryError but ${String(error)}`);
  return error.faults.map(
    ({ code, path, rule }) => `${code} ${path.replace(join(dir, 'plugins/'), '')} ${rule}`,
  );
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waybill-registry-'));
  write('package.json', '{"type":"module"}');
  mkdirSync(join(dir, 'plugins'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('loadRegistry', () => {
  it('finds folders and packages and lists them', async () => {
    write('plugins/acme/index.js', source('acme'));
    write('plugins/part/index.js', target('part'));
    write(
      'node_modules/waybill-plugin-far/package.json',
      '{"type":"module","exports":{"import":"./far.js"}}',
    );
    write('node_modules/waybill-plugin-far/far.js', target('far'));
    const registry = await load(['waybill-plugin-far']);
    expect(registry.source('acme')?.label).toBe('A network');
    expect(registry.target('far')?.kind).toBe('target');
    expect(registry.source('far')).toBeUndefined();
    expect(registry.list().map(({ kind, name, origin }) => [kind, name, origin])).toEqual([
      ['source', 'acme', join(dir, 'plugins/acme/index.js')],
      ['target', 'far', 'waybill-plugin-far'],
      ['target', 'part', join(dir, 'plugins/part/index.js')],
    ]);
  });

  it.each([
    [
      'a member that is missing',
      'verify: undefined',
      'WB_PLUGIN_SHAPE acme/index.js#verify must be a function',
    ],
    [
      'a method that no network uses',
      "methods: ['PATCH']",
      'WB_PLUGIN_SHAPE acme/index.js#methods',
    ],
    ['no method, and no job instead', 'methods: []', 'WB_PLUGIN_SHAPE acme/index.js#methods'],
    ['an empty event table', 'events: []', 'WB_PLUGIN_SHAPE acme/index.js#events must list'],
    [
      'a row that becomes nothing known',
      "events: [{ native: 'a', becomes: 'PURCHASE' }]",
      '#events[0].becomes PURCHASE is no event type',
    ],
    [
      'a word twice',
      "events: [{ native: 'a', becomes: 'SALE' }, { native: 'a', becomes: 'SALE' }]",
      '#events[1].native "a" stands twice as SALE',
    ],
    [
      'credentials without declarations',
      'credentials: class { secret }',
      '#credentials must be a class whose fields',
    ],
    ['settings that are no class', 'settings: {}', '#settings must be a class whose fields'],
    [
      'another major version',
      "contract: '2.0'",
      'WB_PLUGIN_CONTRACT acme/index.js#contract is written for contract 2.0',
    ],
    [
      'no version',
      'contract: undefined',
      'WB_PLUGIN_CONTRACT acme/index.js#contract must be a version text',
    ],
    [
      'the name of another folder',
      "name: 'other'",
      'WB_PLUGIN_NAME acme/index.js#name is "other", but the folder is "acme"',
    ],
    ['a name in capitals', "name: 'Acme'", 'WB_PLUGIN_NAME acme/index.js#name must be kebab-case'],
    ['no kind', 'kind: undefined', '#kind must be "source" or "target"'],
    [
      'half an enrichment',
      'enrich: { wants() {}, build() {} }',
      '#enrich.apply must be a function',
    ],
    [
      'a job without an interval',
      "jobs: [{ name: 'pull', wants() {}, build() {}, apply() {} }]",
      '#jobs[0].every must be',
    ],
    ['half a token', 'token: { wants() {}, build() {}, read() {} }', '#token.lay must be'],
    ['a body limit of no bytes', 'bodyLimit: 0', '#bodyLimit must be a whole number'],
    ['headers that are no texts', 'keepHeaders: [5]', '#keepHeaders must be a list of texts'],
  ])('refuses %s', async (_what, more, fault) => {
    write('plugins/acme/index.js', source('acme', more));
    expect(await faults()).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    ['an unknown type', "accepts: ['PURCHASE']", '#accepts must list event types'],
    ['a look-up that is not there', "onUncertain: 'lookup'", '#lookup is needed'],
    ['half a look-up', 'lookup: { build() {} }', '#lookup.found must be a function'],
    ['an unknown fate', "onUncertain: 'shrug'", '#onUncertain must be'],
  ])('refuses a target with %s', async (_what, more, fault) => {
    write('plugins/part/index.js', target('part', more));
    expect(await faults()).toEqual([expect.stringContaining(fault)]);
  });

  it('accepts a newer minor version', async () => {
    write('plugins/acme/index.js', source('acme', "contract: '1.9'"));
    expect((await load()).list()).toHaveLength(1);
  });

  it('lists every fault of every plugin at once', async () => {
    write('plugins/acme/index.js', source('acme', "events: [], contract: '3.1', label: ''"));
    write('plugins/broken/index.js', "throw new Error('no luck');");
    write('plugins/empty/README.md', '');
    write('plugins/plain/index.js', 'export const nothing = 1;');
    write('node_modules/twin/package.json', '{"type":"module","main":"main.js"}');
    write('node_modules/twin/main.js', source('fine'));
    write('plugins/fine/index.js', source('fine'));
    const found = await faults(['twin', 'absent', '../climb']);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringContaining('WB_PLUGIN_CONTRACT acme/index.js#contract'),
        expect.stringContaining('WB_PLUGIN_SHAPE acme/index.js#label'),
        expect.stringContaining('WB_PLUGIN_SHAPE acme/index.js#events'),
        expect.stringContaining('WB_PLUGIN_LOAD broken/index.js cannot be imported: no luck'),
        expect.stringContaining('WB_PLUGIN_LOAD empty holds no index.js'),
        expect.stringContaining('WB_PLUGIN_SHAPE plain/index.js has no default export'),
        expect.stringContaining('WB_PLUGIN_DUPLICATE twin#name the source "fine" is already there'),
        expect.stringContaining('WB_PLUGIN_LOAD absent is not installed'),
        expect.stringContaining('WB_PLUGIN_LOAD ../climb is no package name'),
      ]),
    );
    expect(found).toHaveLength(9);
  });

  it('refuses a folder of plugins that is not there', async () => {
    rmSync(join(dir, 'plugins'), { recursive: true });
    expect(await faults()).toEqual([expect.stringContaining('WB_PLUGIN_LOAD')]);
  });

  it('knows where the built-in plugins are', () => {
    expect(builtInPluginDir()).toBe(join(ROOT, 'plugins'));
  });
});

describe('an outside package', () => {
  it('is loaded by name and speaks the contract of the gateway that runs it', () => {
    buildGateway(join(dir, 'gateway'));
    write('shop/package.json', '{"type":"module"}');
    write(
      'shop/node_modules/waybill-source-acme/package.json',
      '{"type":"module","exports":"./index.js"}',
    );
    write(
      'shop/node_modules/waybill-source-acme/index.js',
      `import { defineSource, NoSettings, reject, Secret } from 'waybill/contract';
class Credentials {}
Secret({ label: 'Key' })(Credentials.prototype, 'secret');
export default defineSource({
  name: 'acme', label: 'Acme', credentials: Credentials, settings: NoSettings, methods: ['POST'],
  events: [{ native: 'sold', becomes: 'SALE' }], verify: () => reject('malformed'), normalize: () => [],
});`,
    );
    write(
      'boot.mjs',
      `import { loadRegistry } from './gateway/dist/src/registry/load-registry.js';
import { settingsSchema } from './gateway/dist/src/contract/index.js';
const registry = await loadRegistry({ pluginDirs: [], packages: ['waybill-source-acme'], resolveFrom: './shop' });
console.log(JSON.stringify({ list: registry.list(), schema: settingsSchema(registry.source('acme').credentials) }));`,
    );
    const out = execFileSync(process.execPath, ['boot.mjs'], { cwd: dir, encoding: 'utf8' });
    expect(JSON.parse(out)).toMatchObject({
      list: [{ kind: 'source', name: 'acme', contract: '1.0', origin: 'waybill-source-acme' }],
      schema: { required: ['secret'], properties: { secret: { writeOnly: true } } },
    });
  });
});

describe('RegistryModule', () => {
  it('provides the registry to every module', async () => {
    const registry = new Registry([]);
    class Root {}
    Module({ imports: [RegistryModule.forRoot(registry)] })(Root);
    const app = await NestFactory.createApplicationContext(Root, { logger: false });
    expect(app.get(Registry)).toBe(registry);
    await app.close();
  });
});
