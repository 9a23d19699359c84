import { isRecord, listAt, textAt } from '../../contract/read.js';
import { nearest } from '../../platform/config/nearest.js';
import type { Client, Item } from '../gateway/client.js';
import { itemsOf } from '../gateway/pages.js';
import { usageFault } from '../program/exit.js';

/** One thing that a plugin must or may be told, as its schema says. */
export interface Field {
  readonly place: 'credentials' | 'settings';
  readonly name: string;
  readonly title: string;
  readonly hint: string | undefined;
  readonly type: 'string' | 'integer' | 'boolean' | 'object' | 'array';
  readonly secret: boolean;
  readonly choices: readonly string[];
  readonly required: boolean;
}

const TYPES = ['string', 'integer', 'boolean', 'object', 'array'] as const;

const typeOf = (schema: unknown): Field['type'] =>
  TYPES.find((one) => one === textAt(schema, 'type')) ?? 'object';

/** The fields of a JSON schema of settings. */
export function fieldsOfSchema(schema: unknown, place: Field['place']): readonly Field[] {
  const properties = isRecord(schema) ? schema['properties'] : undefined;
  if (!isRecord(properties)) return [];
  const required = new Set(listAt(schema, 'required').map(String));
  return Object.entries(properties).map(([name, one]) => ({
    place,
    name,
    title: textAt(one, 'title') ?? name,
    hint: textAt(one, 'description'),
    type: typeOf(one),
    secret: isRecord(one) && one['writeOnly'] === true,
    choices: listAt(one, 'enum').map(String),
    required: required.has(name),
  }));
}

/** A plugin of the gateway by its name. Throws a usage fault that says what was probably meant. */
export async function pluginNamed(
  api: Client,
  kind: 'source' | 'target',
  name: string,
): Promise<Item> {
  const plugins = itemsOf(await api.get('plugins')).filter((one) => one['kind'] === kind);
  const found = plugins.find((one) => one['name'] === name);
  if (found) return found;
  const names = plugins.map((one) => String(one['name'])).sort();
  const meant = nearest(name, names);
  const word = kind === 'source' ? 'network' : 'partner';
  throw usageFault(
    `the gateway knows no ${word} "${name}"`,
    meant === undefined ? `it knows ${names.join(', ')}` : `did you mean ${meant}?`,
  );
}
