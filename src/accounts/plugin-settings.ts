import {
  checkSettings,
  fieldsOf,
  isRecord,
  secretsOf,
  type Field,
  type SettingsClass,
} from '#contract';
import { suggestion } from '../platform/config/index.js';
import { joined, type Members } from './reading.js';
import type { Scope } from './scope.js';

/** `secretKey` → `"${env:SECRET_KEY}"`: an example that production accepts too. */
const referenceTo = (name: string): string =>
  `"\${env:${name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}}"`;

function exampleOf(field: Field): string | undefined {
  if (field.kind === 'secret') return referenceTo(field.name);
  if (field.example === undefined) return field.choices?.[0];
  return typeof field.example === 'string' ? field.example : JSON.stringify(field.example);
}

/** A plugin may stumble over data of an unforeseen shape; that must not hide the other faults. */
function secretsIn(cls: SettingsClass<object>, data: Members): readonly string[] {
  try {
    return secretsOf(cls, data).filter((text) => typeof text === 'string' && text !== '');
  } catch {
    return [];
  }
}

/** Production takes secrets from references only: a file ends up in a repository, a ticket, a backup. */
function judgeLiterals(
  scope: Scope,
  cls: SettingsClass<object>,
  data: Members,
  path: string,
): void {
  for (const field of fieldsOf(cls).filter(({ name }) => Object.hasOwn(data, name))) {
    const at = joined(path, field.name);
    const sourced = [...scope.sourced].filter(([place]) => place === at || isBelow(place, at));
    const allowed = new Set(sourced.map(([, text]) => text.trim()));
    const own = secretsIn(cls, { [field.name]: data[field.name] });
    const literal = own.some((text) => !allowed.has(text.trim()));
    if (!literal) continue;
    if (scope.production) {
      const rule =
        'holds a secret in plain text, refused when NODE_ENV=production; write a reference';
      scope.reading.fault(at, rule, referenceTo(field.name));
    } else {
      scope.warnings.push(`${at} holds a secret in plain text: NODE_ENV=production refuses that`);
    }
  }
}

const isBelow = (place: string, parent: string): boolean =>
  place.startsWith(`${parent}.`) || place.startsWith(`${parent}[`);

function judgeNames(scope: Scope, fields: readonly Field[], data: Members, path: string): void {
  const known = fields.map((field) => field.name);
  for (const name of Object.keys(data).filter((key) => !known.includes(key))) {
    scope.reading.fault(joined(path, name), `is not a setting; ${suggestion(name, known)}`);
  }
  for (const field of fields.filter(
    ({ name, optional }) => !optional && !Object.hasOwn(data, name),
  )) {
    scope.reading.fault(joined(path, field.name), `is required (${field.label})`, exampleOf(field));
  }
}

function noteUrls(scope: Scope, fields: readonly Field[], data: Members, path: string): void {
  for (const { name, kind } of fields) {
    const url = data[name];
    if ((kind === 'url' || kind === 'url-template') && typeof url === 'string') {
      scope.urls.push({ path: joined(path, name), url });
    }
  }
}

/** An unquoted secret of digits is read as a number; as a text it is recognised, masked and judged like any other. */
function secretsAsTexts(cls: SettingsClass<object>, data: Members): Members {
  const secret = new Set(
    fieldsOf(cls).flatMap(({ kind, name }) => (kind === 'secret' ? [name] : [])),
  );
  const read = ([name, value]: [string, unknown]): [string, unknown] =>
    secret.has(name) && typeof value === 'number' ? [name, String(value)] : [name, value];
  return Object.fromEntries(Object.entries(data).map(read));
}

/** Empty members (`programId:` with nothing behind it) are absent. */
const present = (data: Members): Members => only(data, (name) => (data[name] ?? null) !== null);

const only = (data: Members, wanted: (name: string) => boolean): Members =>
  Object.fromEntries(Object.entries(data).filter(([name]) => wanted(name)));

/**
 * Plain data to an instance of a plugin's class, or `undefined` with every fault noted: misspelt names with the
 * nearest one, missing ones, broken rules, secrets in plain text. `base`: settings that were judged at their own
 * place already; the value is laid over them.
 */
export function readSettings(
  scope: Scope,
  cls: SettingsClass<object>,
  value: unknown,
  path: string,
  base: Members = {},
): object | undefined {
  if (value !== undefined && value !== null && !isRecord(value)) {
    return scope.reading.fault(path, 'must be a map of settings');
  }
  const data = secretsAsTexts(cls, present({ ...base, ...value }));
  const fields = fieldsOf(cls);
  const known = only(data, (name) => fields.some((field) => field.name === name));
  const fresh = only(known, (name) => Object.hasOwn(value ?? {}, name));
  for (const secret of secretsIn(cls, known)) scope.secrets.add(secret);
  const before = scope.reading.faults.length;
  judgeNames(scope, fields, data, path);
  judgeLiterals(scope, cls, fresh, path);
  noteUrls(scope, fields, fresh, path);
  const instance = check(scope, cls, known, path);
  return scope.reading.faults.length === before ? instance : undefined;
}

function check(
  scope: Scope,
  cls: SettingsClass<object>,
  known: Members,
  path: string,
): object | undefined {
  try {
    const checked = checkSettings(cls, known, path);
    if (checked.ok) return checked.value;
    for (const fault of checked.faults) {
      const field = fieldsOf(cls).find(({ name }) => joined(path, name) === fault.path);
      // Missing members have their own, single sentence.
      if (field && !Object.hasOwn(known, field.name)) continue;
      scope.reading.fault(fault.path, fault.rule, field ? exampleOf(field) : fault.example);
    }
    return undefined;
  } catch {
    return scope.reading.fault(
      path,
      "could not be judged: the plugin's own check threw (WB_PLUGIN_THREW)",
    );
  }
}
