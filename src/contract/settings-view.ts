import { fieldsOf, type Field, type SettingsClass } from './settings.js';

/** What is shown in place of a secret. */
export const MASK = '••••••';

const has = (value: object, name: string): boolean => Object.hasOwn(value, name);

/** Every secret text inside a settings value; used to mask logs and to prove that none leaks. */
export function secretsOf(cls: SettingsClass<object>, value: object): readonly string[] {
  return fieldsOf(cls).flatMap((field) => {
    if (!has(value, field.name)) return [];
    const inner = (value as Record<string, unknown>)[field.name];
    if (field.kind === 'secret' && typeof inner === 'string') return [inner];
    return field.secretsIn ? [...field.secretsIn(inner)] : [];
  });
}

function maskDeep(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return secrets.has(value) ? MASK : value;
  if (Array.isArray(value)) return value.map((item) => maskDeep(item, secrets));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, maskDeep(v, secrets)]));
  }
  return value;
}

/** The settings fit for a screen: secrets masked, everything else as it is. */
export function redactSettings(cls: SettingsClass<object>, value: object): Record<string, unknown> {
  return maskDeep({ ...value }, new Set(secretsOf(cls, value))) as Record<string, unknown>;
}

function fieldSchema(field: Field): object {
  const base = { title: field.label, ...(field.hint ? { description: field.hint } : {}) };
  switch (field.kind) {
    case 'secret':
      return { ...base, type: 'string', writeOnly: true, format: 'password' };
    case 'text':
    case 'url-template':
      return { ...base, type: 'string' };
    case 'url':
      return { ...base, type: 'string', format: 'uri' };
    case 'choice':
      return { ...base, type: 'string', enum: field.choices ?? [] };
    case 'flag':
      return { ...base, type: 'boolean' };
    case 'whole':
      return { ...base, type: 'integer' };
    case 'text-map':
      return { ...base, type: 'object', additionalProperties: { type: 'string' } };
    case 'text-list':
      return { ...base, type: 'array', items: { type: 'string' } };
    case 'structured':
      return { ...base, ...(field.schema ?? { type: 'object' }) };
  }
}

/** JSON Schema (draft 2020-12) of a settings class, for forms and editors. */
export function settingsSchema(cls: SettingsClass<object>): object {
  const fields = fieldsOf(cls);
  return {
    type: 'object',
    additionalProperties: false,
    required: fields.filter((field) => !field.optional).map((field) => field.name),
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
  };
}
