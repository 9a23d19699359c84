import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import {
  accept,
  Choice,
  defineSource,
  defineTarget,
  Flag,
  isRecord,
  NoSettings,
  Secret,
  Structured,
  Text,
  TextMap,
  Url,
  UrlTemplate,
  Whole,
} from '#contract';
import { ConfigError, type ConfigFault } from '../platform/config/index.js';
import type { Configuration } from './configuration.js';
import { loadConfiguration, type LoadOptions } from './load-configuration.js';
import type { PluginLookup } from './model.js';

class ShopCredentials {
  @Text({ label: 'Vendor name', example: 'mystore' }) vendor!: string;
  @Secret({ label: 'Secret key', minLength: 4 }) secretKey!: string;
}

class ShopSettings {
  @Text({ label: 'Time zone', optional: true }) zone?: string;
}

class CrmCredentials {
  @Structured({
    label: 'How the CRM signs',
    faults: (value) => (isRecord(value) && value['preset'] ? [] : ['must name a preset']),
    secretsIn: (value) =>
      isRecord(value) && typeof value['secret'] === 'string' ? [value['secret']] : [],
  })
  verifier!: { preset: string; secret?: string };
}

class TrackerSettings {
  @UrlTemplate({
    label: 'URL',
    lint: (url) => (/^https?:\/\//.test(url) ? [] : ['must be an absolute URL']),
    example: 'https://tracker.example/postback?cid={click_id}',
  })
  url!: string;
  @Choice(['GET', 'POST'], { label: 'Method', optional: true }) method?: string;
  @Whole({ label: 'Time limit in seconds', optional: true, min: 1, max: 20 }) limit?: number;
  @Flag({ label: 'Only paid', optional: true }) paid?: boolean;
}

class PartnerSettings {
  @Secret({ label: 'API key' }) apiKey!: string;
  @Url({ label: 'Base URL', optional: true }) baseUrl?: string;
  @TextMap({ label: 'Goals', optional: true }) goalIds?: Record<string, string>;
}

const verify = () => accept({}, 'signed');

const shop = defineSource({
  name: 'shop',
  label: 'Shop',
  credentials: ShopCredentials,
  settings: ShopSettings,
  methods: ['POST'],
  events: [],
  verify,
  normalize: () => [],
});
const crm = defineSource({
  name: 'crm',
  label: 'CRM',
  credentials: CrmCredentials,
  settings: NoSettings,
  methods: ['POST'],
  events: [],
  verify,
  normalize: () => [],
});
const tracker = defineTarget({
  name: 'tracker',
  label: 'Tracker',
  settings: TrackerSettings,
  accepts: ['CLICK', 'LEAD', 'SALE', 'REFUND'],
  lint: ({ url }) =>
    url.includes('{click_id}') ? [] : ['should hold {click_id}, else no click is credited'],
  build: () => ({ skip: 'unmapped' }),
});
const partner = defineTarget({
  name: 'partner',
  label: 'Partner',
  settings: PartnerSettings,
  accepts: ['SALE', 'REFUND'],
  build: () => ({ skip: 'unmapped' }),
});

/** Two toy sources (`shop`, `crm`) and two toy targets (`tracker`, `partner`). */
export const toys: PluginLookup = {
  source: (name) =>
    [shop, crm].find((plugin) => plugin.name === name) as ReturnType<PluginLookup['source']>,
  target: (name) =>
    [tracker, partner].find((plugin) => plugin.name === name) as ReturnType<PluginLookup['target']>,
  sourceNames: () => ['shop', 'crm'],
  targetNames: () => ['tracker', 'partner'],
};

type Given = Partial<Omit<LoadOptions, 'path'>>;

const made: string[] = [];
afterAll(() => made.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

/** A throw-away directory with one file in it; answers the file's path. */
export function fileWith(text: string, name = 'waybill.yaml'): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'waybill-config-'));
  made.push(directory);
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
}

/** Loads a YAML text against the toys. */
export const load = (yaml: string, given: Given = {}): Promise<Configuration> =>
  loadConfiguration({ path: fileWith(yaml), env: {}, registry: toys, production: false, ...given });

/** The error that loading ends in; fails the test when it does not. */
export async function errorOf(yaml: string, given: Given = {}): Promise<ConfigError> {
  const error: unknown = await load(yaml, given).catch((thrown: unknown) => thrown);
  if (error instanceof ConfigError) return error;
  throw new Error('the configuration was accepted');
}

/** The faults, without their places. */
export const faultsOf = async (yaml: string, given: Given = {}): Promise<readonly ConfigFault[]> =>
  (await errorOf(yaml, given)).faults;

/** `path: rule` of every fault. */
export const linesOf = async (yaml: string, given: Given = {}): Promise<readonly string[]> =>
  (await faultsOf(yaml, given)).map(({ path: at, rule }) => `${at}: ${rule}`);

/** A small right configuration: one account, two targets, one route. */
export const GOOD = `
accounts:
  - id: main
    source: shop
    credentials: { vendor: mystore, secretKey: sk_main_1 }
targets:
  - id: track
    target: tracker
    settings: { url: "https://tracker.example/p?cid={click_id}" }
  - id: tap
    target: partner
    settings: { apiKey: key_tap_1 }
routes:
  - from: main
    to: [track, tap]
    events: [SALE, REFUND]
`;
