import { nearest } from '../../platform/config/nearest.js';
import { readSecretFrom } from '../kits/secret-input.js';
import type { Call } from '../program/call.js';
import { usageFault } from '../program/exit.js';
import { readDocument } from '../show/read-input.js';
import type { Field } from './plugin-fields.js';

export type Values = Record<string, unknown>;

/** What goes into the object's `credentials` and into its `settings`. */
export interface Placed {
  readonly credentials: Values;
  readonly settings: Values;
}

const REFERENCE = /^\$\{\w+:[^}]+\}$/;

export function splitPair(option: string, pair: string): readonly [name: string, value: string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw usageFault(
    `--${option} takes name=value; not "${at < 0 ? pair : `${pair.slice(0, at)}=…`}"`,
  );
}

function fieldNamed(name: string, fields: readonly Field[]): Field {
  const found = fields.find((one) => one.name === name);
  if (found) return found;
  const names = fields.map((one) => one.name);
  const meant = nearest(name, names);
  throw usageFault(
    `there is no setting "${name}"`,
    meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`,
  );
}

/** A value of the type that the field has. `@file` is a JSON or YAML document. */
export async function typedValue(call: Call, field: Field, text: string): Promise<unknown> {
  const { name, type, choices } = field;
  if (choices.length > 0 && !choices.includes(text))
    throw usageFault(`${name} must be one of ${choices.join(', ')}`);
  if (type === 'integer') {
    if (/^-?\d{1,15}$/.test(text)) return Number(text);
    throw usageFault(`${name} must be a whole number`);
  }
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw usageFault(`${name} must be true or false`);
  }
  if (type === 'string') return text;
  if (text.startsWith('@')) return readDocument(call.io, text.slice(1));
  return structuredValue(field, text);
}

function structuredValue({ name, type }: Field, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (type === 'array') return text.split(',').map((one) => one.trim());
    throw usageFault(`${name} is a structure: give JSON, or a file: --set ${name}=@file.json`);
  }
}

/** `--set` and `--secret`, each at its place. Throws usage faults. */
export async function givenValues(call: Call, fields: readonly Field[]): Promise<Placed> {
  const placed: Placed = { credentials: {}, settings: {} };
  for (const pair of call.list('set')) {
    const [name, text] = splitPair('set', pair);
    const field = fieldNamed(name, fields);
    if (field.secret && !REFERENCE.test(text))
      throw usageFault(
        `${name} is a secret: on the command line everybody on this machine could read it`,
        `use --secret ${name}=env:VARIABLE, =file:PATH or =- (standard input)`,
      );
    placed[field.place][name] = await typedValue(call, field, text);
  }
  for (const pair of call.list('secret')) {
    const [name, from] = splitPair('secret', pair);
    const field = fieldNamed(name, fields);
    placed[field.place][name] = await readSecretFrom(call.io, name, from);
  }
  return placed;
}
