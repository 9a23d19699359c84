import 'reflect-metadata';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';

/** A class whose fields are declared by the decorators below. */
export type SettingsClass<T extends object> = new () => T;

export type FieldKind =
  | 'secret'
  | 'text'
  | 'choice'
  | 'url'
  | 'url-template'
  | 'flag'
  | 'whole'
  | 'text-map'
  | 'text-list'
  | 'structured';

/** One declared setting: the single description from which validation, form, schema and redaction are derived. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly label: string;
  readonly hint?: string;
  readonly optional: boolean;
  readonly example?: unknown;
  readonly choices?: readonly string[];
  readonly schema?: object;
  readonly secretsIn?: (value: unknown) => readonly string[];
}

/** A fault found in configuration: where, what rule, and an example that would pass. */
export interface Fault {
  readonly path: string;
  readonly rule: string;
  readonly example?: string;
}

interface Common {
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly example?: unknown;
}

const registry = new WeakMap<object, Field[]>();

/** The declared fields of a settings class, in order of declaration. */
export const fieldsOf = (cls: SettingsClass<object>): readonly Field[] =>
  registry.get(cls.prototype as object) ?? [];

function declare(
  kind: FieldKind,
  options: Common,
  checks: readonly PropertyDecorator[],
  more: Partial<Field> = {},
): PropertyDecorator {
  return (target, key) => {
    const { label, hint, optional = false, example } = options;
    const field: Field = {
      name: String(key),
      kind,
      label,
      optional,
      ...(hint === undefined ? {} : { hint }),
      ...(example === undefined ? {} : { example }),
      ...more,
    };
    registry.set(target, [...(registry.get(target) ?? []), field]);
    if (optional) IsOptional()(target, key);
    for (const check of checks) check(target, key);
  };
}

interface TextOptions extends Common {
  readonly pattern?: RegExp;
  readonly patternRule?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

function textChecks(options: TextOptions): PropertyDecorator[] {
  const checks = [
    IsString(),
    MinLength(options.minLength ?? 1),
    MaxLength(options.maxLength ?? 4096),
  ];
  if (options.pattern) {
    checks.push(
      Matches(options.pattern, { message: options.patternRule ?? `must match ${options.pattern}` }),
    );
  }
  return checks;
}

/** A secret text: never shown again, masked everywhere. */
export const Secret = (options: TextOptions): PropertyDecorator =>
  declare('secret', options, textChecks(options));

/** A short text. */
export const Text = (options: TextOptions): PropertyDecorator =>
  declare('text', options, textChecks(options));

/** One word of a list. */
export const Choice = (choices: readonly string[], options: Common): PropertyDecorator =>
  declare('choice', options, [IsIn([...choices])], { choices });

/** True or false. */
export const Flag = (options: Common): PropertyDecorator => declare('flag', options, [IsBoolean()]);

/** A whole number. */
export const Whole = (options: Common & { min?: number; max?: number }): PropertyDecorator =>
  declare('whole', options, [
    IsInt(),
    Min(options.min ?? 0),
    Max(options.max ?? Number.MAX_SAFE_INTEGER),
  ]);

const check = (name: string, rule: (value: unknown) => string | undefined): PropertyDecorator =>
  ValidateBy({
    name,
    validator: {
      validate: (value: unknown) => rule(value) === undefined,
      defaultMessage: (args) => rule(args?.value) ?? 'is not valid',
    },
  });

/** An absolute http(s) URL without credentials or fragment. Whether plain http is allowed is the outbound guard's business. */
export const Url = (options: Common): PropertyDecorator =>
  declare('url', options, [check('url', (value) => urlRule(value))]);

function urlRule(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return 'must be an absolute URL';
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https://';
  if (url.username || url.password) return 'must not hold a user name or password';
  return url.hash ? 'must not hold a #fragment' : undefined;
}

/** A URL with macros. `lint` returns one sentence per fault, empty when fine (the plugin owns the macro list). */
export const UrlTemplate = (
  options: Common & { lint: (template: string) => readonly string[] },
): PropertyDecorator =>
  declare('url-template', options, [
    check('url-template', (value) => {
      if (typeof value !== 'string' || value === '') return 'must be a URL template';
      const faults = options.lint(value);
      return faults.length > 0 ? faults.join('; ') : undefined;
    }),
  ]);

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A map of short texts, e.g. event type → goal id. `keys` limits the keys. */
export const TextMap = (options: Common & { keys?: readonly string[] }): PropertyDecorator =>
  declare('text-map', options, [
    check('text-map', (value) => {
      if (!isPlain(value)) return 'must be a map of texts';
      const wrongKey = Object.keys(value).find(
        (key) => options.keys && !options.keys.includes(key),
      );
      if (wrongKey) return `has the unknown key "${wrongKey}"; known: ${options.keys?.join(', ')}`;
      return Object.values(value).every((v) => typeof v === 'string')
        ? undefined
        : 'must hold texts only';
    }),
  ]);

/** A list of short texts. */
export const TextList = (options: Common): PropertyDecorator =>
  declare('text-list', options, [
    check('text-list', (value) =>
      Array.isArray(value) && value.every((v) => typeof v === 'string')
        ? undefined
        : 'must be a list of texts',
    ),
  ]);

/**
 * A nested structure with a check of its own. `faults` returns one sentence per fault; `secretsIn` names every
 * secret text inside, for redaction.
 */
export const Structured = (
  options: Common & {
    faults: (value: unknown) => readonly string[];
    schema?: object;
    secretsIn?: (value: unknown) => readonly string[];
  },
): PropertyDecorator =>
  declare(
    'structured',
    options,
    [
      check('structured', (value) => {
        const faults = options.faults(value);
        return faults.length > 0 ? faults.join('; ') : undefined;
      }),
    ],
    {
      ...(options.schema ? { schema: options.schema } : {}),
      ...(options.secretsIn ? { secretsIn: options.secretsIn } : {}),
    },
  );

/** For plugins without settings. */
export class NoSettings {}
