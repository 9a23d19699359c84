import { validateSync, type ValidationError } from 'class-validator';
import { fieldsOf, type Fault, type Field, type SettingsClass } from './settings.js';

/** The value as an instance of its class, or every fault at once. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Environment references are texts; flags and numbers given as text are read as what the field wants. */
function coerce(field: Field, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (field.kind === 'flag' && (value === 'true' || value === 'false')) return value === 'true';
  if (field.kind === 'whole' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (field.kind === 'secret') return value.trim();
  return value;
}

/** YAML reads an unquoted 4711 as a number; where a text is wanted the digits are meant. */
function asText(field: Field, value: unknown): unknown {
  const texty = field.kind === 'text' || field.kind === 'secret' || field.kind === 'choice';
  if (texty && typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (
    field.kind === 'text-map' &&
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value)
  ) {
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [
        k,
        typeof v === 'number' && Number.isSafeInteger(v) ? String(v) : (v as unknown),
      ]),
    );
  }
  return value;
}

const exampleOf = (field: Field | undefined): string | undefined =>
  field?.example === undefined
    ? undefined
    : typeof field.example === 'string'
      ? field.example
      : JSON.stringify(field.example);

function toFault(
  path: string,
  fields: ReadonlyMap<string, Field>,
  error: ValidationError,
): Fault[] {
  const example = exampleOf(fields.get(error.property));
  return Object.values(error.constraints ?? { invalid: 'is not valid' }).map((rule) => ({
    path: `${path}.${error.property}`,
    rule: rule.replace(`${error.property} `, ''),
    ...(example === undefined ? {} : { example }),
  }));
}

/**
 * Validates plain data against a settings class. `path` prefixes every fault, e.g. `accounts[0].credentials`.
 * Unknown names are faults too: a misspelt option must not be ignored in silence.
 */
export function checkSettings<T extends object>(
  cls: SettingsClass<T>,
  data: unknown,
  path: string,
): Checked<T> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return { ok: false, faults: [{ path, rule: 'must be a map of settings' }] };
  }
  const fields = new Map(fieldsOf(cls).map((field) => [field.name, field]));
  const faults: Fault[] = [];
  const instance = new cls();
  for (const [name, raw] of Object.entries(data)) {
    const field = fields.get(name);
    if (!field) {
      faults.push({
        path: `${path}.${name}`,
        rule: `is not a setting; known: ${[...fields.keys()].join(', ') || 'none'}`,
      });
      continue;
    }
    // An empty value in YAML is null: not given.
    if (raw === null || raw === undefined) continue;
    Object.assign(instance, { [name]: coerce(field, asText(field, raw)) });
  }
  if (fields.size > 0) {
    for (const error of validateSync(instance)) faults.push(...toFault(path, fields, error));
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: instance };
}
