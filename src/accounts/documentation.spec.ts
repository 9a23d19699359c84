import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  accept,
  defineSource,
  defineTarget,
  EVENT_TYPES,
  fieldsOf,
  NoSettings,
  Secret,
  Text,
  UrlTemplate,
} from '#contract';
import { ProcessSettings } from '../platform/config/index.js';
import { loadConfiguration } from './load-configuration.js';
import type { PluginLookup } from './model.js';
import { errorOf, fileWith } from './toys.spec-kit.js';

const PAGE = readFileSync('docs/configuration.md', 'utf8');
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (found) => found[1] ?? '',
  );

class Vendor {
  @Text({ label: 'Vendor' }) vendor!: string;
  @Secret({ label: 'Secret key' }) secretKey!: string;
}
class Signing {
  @Secret({ label: 'Signing secret' }) signingSecret!: string;
}
class Key {
  @Secret({ label: 'API key' }) apiKey!: string;
}
class Template {
  @UrlTemplate({ label: 'URL', lint: () => [] }) url!: string;
}

const source = (name: string, credentials: new () => object) =>
  defineSource({
    name,
    label: name,
    credentials,
    settings: NoSettings,
    methods: ['POST'],
    events: [],
    verify: () => accept({}, 'signed'),
    normalize: () => [],
  });
const target = (name: string, settings: new () => object) =>
  defineTarget({
    name,
    label: name,
    settings,
    accepts: EVENT_TYPES,
    build: () => ({ skip: 'unmapped' }),
  });

const sources = [source('clickbank', Vendor), source('stripe', Signing)];
const targets = [target('tapfiliate', Key), target('postback', Template)];
const registry: PluginLookup = {
  source: (name) => sources.find((plugin) => plugin.name === name),
  target: (name) => targets.find((plugin) => plugin.name === name),
  sourceNames: () => sources.map(({ name }) => name),
  targetNames: () => targets.map(({ name }) => name),
};
const env = {
  CLICKBANK_SECRET: 'stub-1',
  STRIPE_SIGNING_SECRET: 'stub-2',
  STRIPE_SIGNING_SECRET_OLD: 'stub-3',
  TAPFILIATE_API_KEY: 'stub-4',
};

describe('the documentation', () => {
  it('has a row for every process setting and no other', () => {
    const rows = [...PAGE.matchAll(/^\| `([A-Z][A-Z_]+)` +\|/gm)].map((found) => found[1] ?? '');
    expect(rows.toSorted()).toEqual(
      fieldsOf(ProcessSettings)
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it('names every event type', () => {
    expect(EVENT_TYPES.filter((type) => !PAGE.includes(`\`${type}\``))).toEqual([]);
  });

  it('has a full example that loads in production', async () => {
    const secret = fileWith('stub-5\n', 'stripe-old');
    const yaml = (blocks('yaml')[0] ?? '').replace('/run/secrets/stripe-old', secret);
    const config = await loadConfiguration({
      path: fileWith(yaml),
      env,
      registry,
      production: true,
    });
    expect(config.accounts.map(({ id }) => id)).toEqual(['cb-main', 'shop']);
    expect(config.warnings).toEqual([]);
  });

  it('shows the faults that its wrong example really has', async () => {
    const [, wrong = ''] = blocks('yaml');
    expect(`${(await errorOf(wrong, { registry })).message}\n`).toBe(blocks('text')[0]);
  });
});

describe('waybill.example.yaml', () => {
  it('loads in production once its variables are set', async () => {
    const config = await loadConfiguration({
      path: 'waybill.example.yaml',
      env,
      registry,
      production: true,
    });
    expect(
      config.routes.map(({ id, specificity }) => [id.replace(/^r-.*/, 'r-'), specificity]),
    ).toEqual([
      ['r-', 3],
      ['r-', 0],
      ['keto-postback', 10],
    ]);
    expect(config.routes[2]?.settingsFor.get('tracker')).toMatchObject({
      url: expect.stringContaining('keto.example'),
    });
  });

  it('names every variable that is missing', async () => {
    const loading = loadConfiguration({
      path: 'waybill.example.yaml',
      env: {},
      registry,
      production: true,
    });
    await expect(loading).rejects.toMatchObject({ faults: { length: 4 } });
  });
});
