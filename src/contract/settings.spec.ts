import { describe, expect, it } from '@jest/globals';
import { checkSettings } from './settings-check.js';
import { MASK, redactSettings, secretsOf, settingsSchema } from './settings-view.js';
import {
  Choice,
  Flag,
  fieldsOf,
  NoSettings,
  Secret,
  Structured,
  Text,
  TextList,
  TextMap,
  Url,
  UrlTemplate,
  Whole,
} from './settings.js';

class Sample {
  @Secret({ label: 'Key', example: '${env:KEY}', minLength: 8 })
  apiKey!: string;

  @Text({
    label: 'Vendor',
    hint: 'Nickname',
    pattern: /^[a-z]+$/,
    patternRule: 'must be lower case',
    optional: true,
    example: 'mystore',
  })
  vendor?: string;

  @Choice(['live', 'sandbox'], { label: 'Mode', optional: true })
  mode = 'live';

  @Flag({ label: 'Strict', optional: true })
  strict?: boolean;

  @Whole({ label: 'Age', optional: true, min: 1, max: 300, example: 60 })
  age?: number;

  @Url({ label: 'Base', optional: true, example: 'https://api.example/' })
  base?: string;

  @UrlTemplate({
    label: 'Template',
    optional: true,
    lint: (text) => (text.includes('{bad}') ? ['{bad} is unknown', 'use {click_id}'] : []),
  })
  template?: string;

  @TextMap({ label: 'Goals', optional: true, keys: ['SALE', 'LEAD'], example: { SALE: '1' } })
  goals?: Record<string, string>;

  @TextList({ label: 'Tags', optional: true })
  tags?: string[];

  @Structured({
    label: 'Verifier',
    optional: true,
    faults: (value) => (typeof value === 'object' ? [] : ['must be a map']),
    secretsIn: (value) => [String((value as { token: string }).token)],
    schema: { type: 'object', title: 'Verifier' },
  })
  verifier?: object;
}

const check = (data: unknown) => checkSettings(Sample, data, 'targets[0].settings');

const faults = (data: unknown) => {
  const found = check(data);
  return found.ok ? [] : found.faults;
};

const KEY = { apiKey: 'secret-4711' };

describe('checkSettings', () => {
  it('gives an instance with its defaults', () => {
    const found = check({ ...KEY, vendor: 'shop' });
    expect(found.ok && found.value).toBeInstanceOf(Sample);
    expect(found).toMatchObject({
      ok: true,
      value: { apiKey: 'secret-4711', vendor: 'shop', mode: 'live' },
    });
  });

  it('names path, rule and example of every fault at once', () => {
    expect(
      faults({ apiKey: 'short', vendor: 'SHOP', age: 0, base: 'ftp://a', colour: 'red' }),
    ).toEqual([
      {
        path: 'targets[0].settings.colour',
        rule: expect.stringContaining('is not a setting; known: apiKey, vendor'),
      },
      {
        path: 'targets[0].settings.apiKey',
        rule: expect.stringContaining('longer than or equal to 8'),
        example: '${env:KEY}',
      },
      { path: 'targets[0].settings.vendor', rule: 'must be lower case', example: 'mystore' },
      { path: 'targets[0].settings.age', rule: 'must not be less than 1', example: '60' },
      {
        path: 'targets[0].settings.base',
        rule: 'must start with https://',
        example: 'https://api.example/',
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['mode', 'test', 'must be one of the following values'],
    ['strict', 'yes', 'must be a boolean'],
    ['age', 1.5, 'must be an integer'],
    ['base', 'https://u:p@a.example/', 'must not hold a user name'],
    ['base', 'https://a.example/#x', 'must not hold a #fragment'],
    ['base', 'a.example', 'must be an absolute URL'],
    ['template', 'https://a.example/{bad}', '{bad} is unknown; use {click_id}'],
    ['goals', { BUY: '1' }, 'has the unknown key "BUY"; known: SALE, LEAD'],
    ['goals', { SALE: {} }, 'must hold texts only'],
    ['goals', [], 'must be a map of texts'],
    ['tags', 'a', 'must be a list of texts'],
    ['verifier', 'x', 'must be a map'],
  ])('refuses %s: %p', (name, value, rule) => {
    expect(faults({ ...KEY, [name]: value })).toEqual([
      expect.objectContaining({
        path: `targets[0].settings.${name}`,
        rule: expect.stringContaining(rule),
      }),
    ]);
  });

  it.each([null, [], 'text', 5, undefined])('refuses %p where a map belongs', (data) => {
    expect(faults(data)).toEqual([
      { path: 'targets[0].settings', rule: 'must be a map of settings' },
    ]);
  });

  it('reads what YAML and environment variables make of values', () => {
    const found = check({
      apiKey: ' 4711471147114711 \n',
      age: '60',
      strict: 'true',
      goals: { SALE: 7 },
    });
    expect(found).toMatchObject({
      ok: true,
      value: { apiKey: '4711471147114711', age: 60, strict: true, goals: { SALE: '7' } },
    });
    expect(check({ apiKey: 47114711 })).toMatchObject({ ok: true, value: { apiKey: '47114711' } });
  });

  it('takes an empty YAML value for one that was not given', () => {
    const found = check({ ...KEY, vendor: null, mode: null });
    expect(found).toMatchObject({ ok: true, value: { mode: 'live' } });
    expect(found.ok && 'vendor' in found.value && found.value.vendor !== undefined).toBe(false);
    const [fault] = faults({ apiKey: null });
    expect(fault?.path).toBe('targets[0].settings.apiKey');
  });

  it('is not led astray by __proto__', () => {
    const data: unknown = JSON.parse('{"apiKey":"secret-4711","__proto__":{"strict":true}}');
    expect(faults(data)).toEqual([
      expect.objectContaining({ path: 'targets[0].settings.__proto__' }),
    ]);
  });

  it('never repeats a secret in a fault', () => {
    expect(JSON.stringify(faults({ apiKey: 'hush' }))).not.toContain('hush');
  });

  it('takes nothing for plugins without settings', () => {
    expect(checkSettings(NoSettings, {}, 's').ok).toBe(true);
    expect(checkSettings(NoSettings, { a: 1 }, 's')).toEqual({
      ok: false,
      faults: [{ path: 's.a', rule: 'is not a setting; known: none' }],
    });
  });
});

describe('the view of settings', () => {
  const value = { ...KEY, vendor: 'shop', verifier: { token: 'tok-99', header: 'x-a' } };

  it('knows every secret and masks it at any depth', () => {
    expect(secretsOf(Sample, value)).toEqual(['secret-4711', 'tok-99']);
    expect(redactSettings(Sample, value)).toEqual({
      apiKey: MASK,
      vendor: 'shop',
      verifier: { token: MASK, header: 'x-a' },
    });
    expect(value.apiKey).toBe('secret-4711');
  });

  it('makes a JSON Schema in which secrets are write-only', () => {
    expect(settingsSchema(Sample)).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['apiKey'],
      properties: {
        apiKey: { title: 'Key', type: 'string', writeOnly: true, format: 'password' },
        vendor: { title: 'Vendor', description: 'Nickname', type: 'string' },
        mode: { enum: ['live', 'sandbox'] },
        strict: { type: 'boolean' },
        age: { type: 'integer' },
        base: { format: 'uri' },
        goals: { additionalProperties: { type: 'string' } },
        tags: { items: { type: 'string' } },
        verifier: { title: 'Verifier', type: 'object' },
      },
    });
  });

  it('keeps the order of declaration', () => {
    expect(
      fieldsOf(Sample)
        .map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(['apiKey', 'vendor', 'mode']);
    expect(fieldsOf(NoSettings)).toEqual([]);
  });
});
