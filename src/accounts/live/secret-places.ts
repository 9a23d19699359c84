import { fieldsOf, isRecord, MASK, secretsOf, type SettingsClass } from '#contract';
import type { PluginLookup } from '../model.js';
import { hasReference, isReference } from '../references.js';
import type { At, Section } from '../stored-objects.js';

type Data = Readonly<Record<string, unknown>>;

/** A part of an object that a plugin's class describes. */
interface Piece {
  readonly at: At;
  readonly cls: SettingsClass<object>;
  readonly value: Data;
}

/** What the pieces of an object depend on beside itself. */
export interface Surroundings {
  readonly registry: PluginLookup;
  /** Name of the plugin of a target, by the target's id. */
  readonly pluginOf: (target: string) => string | undefined;
}

const piece = (at: At, cls: SettingsClass<object> | undefined, value: unknown): readonly Piece[] =>
  cls && isRecord(value) ? [{ at, cls, value }] : [];

function accountPieces(data: Data, { registry }: Surroundings): readonly Piece[] {
  const source = registry.source(String(data['source']));
  const given = data['credentials'];
  const credentials = Array.isArray(given)
    ? given.flatMap((one, index) => piece(['credentials', index], source?.credentials, one))
    : piece(['credentials'], source?.credentials, given);
  return [...credentials, ...piece(['settings'], source?.settings, data['settings'])];
}

function routePieces(data: Data, { registry, pluginOf }: Surroundings): readonly Piece[] {
  const to = data['to'];
  const ids = Array.isArray(to) ? to.map(String) : String(to).split(',');
  return ids.flatMap((id) => {
    const plugin = registry.target(pluginOf(id.trim()) ?? '');
    return piece(['settings'], plugin?.settings, data['settings']);
  });
}

function piecesOf(section: Section, data: Data, around: Surroundings): readonly Piece[] {
  if (section === 'accounts') return accountPieces(data, around);
  if (section === 'routes') return routePieces(data, around);
  if (section !== 'targets') return [];
  const plugin = around.registry.target(String(data['target']));
  return piece(['settings'], plugin?.settings, data['settings']);
}

/** A plugin may stumble over data of an unforeseen shape; the check of the whole says so. */
function secretTexts({ cls, value }: Piece): readonly string[] {
  try {
    return secretsOf(cls, value).filter((text) => text !== '');
  } catch {
    return [];
  }
}

/** Every text inside plain data with its place. */
export function* leavesOf(value: unknown, at: At = []): Generator<readonly [At, string]> {
  if (typeof value === 'string') yield [at, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    yield* leavesOf(inner, [...at, Array.isArray(value) ? Number(name) : name]);
}

/** A secret may be a part of the text that is written (`Bearer …`). Short ones would be found everywhere. */
const MIN_PART = 4;

const holds = (leaf: string, secret: string): boolean =>
  leaf === secret || (secret.length >= MIN_PART && leaf.includes(secret));

/** Places of texts that must be encrypted: all that the plugin calls secret, but not plain references. */
export function secretPlaces(section: Section, data: Data, around: Surroundings): readonly At[] {
  const found = piecesOf(section, data, around).flatMap((one) => {
    const secrets = secretTexts(one);
    return [...leavesOf(one.value, one.at)].flatMap(([at, leaf]): At[] =>
      !isReference(leaf) && secrets.some((secret) => holds(leaf, secret)) ? [at] : [],
    );
  });
  return [...new Map(found.map((at) => [JSON.stringify(at), at])).values()];
}

/** Secrets that were given as numbers become texts: only texts are encrypted. */
export function secretsAsTexts(section: Section, data: Data, around: Surroundings): Data {
  const names = piecesOf(section, data, around).flatMap(({ at, cls }) =>
    fieldsOf(cls).flatMap(({ kind, name }) =>
      kind === 'secret' ? [JSON.stringify([...at, name])] : [],
    ),
  );
  const secret = new Set(names);
  return mapScalars(data, (value, at) =>
    typeof value === 'number' && secret.has(JSON.stringify(at)) ? String(value) : value,
  ) as Data;
}

/** The object can lead secrets somewhere: its plugin has some, or a reference stands in it. */
export function touchesSecrets(section: Section, data: Data, around: Surroundings): boolean {
  const declared = piecesOf(section, data, around).some(({ cls }) =>
    fieldsOf(cls).some(({ kind, secretsIn }) => kind === 'secret' || secretsIn !== undefined),
  );
  return declared || [...leavesOf(data)].some(([, leaf]) => hasReference(leaf));
}

/** A copy of plain data with some values replaced; keys such as `__proto__` stay data. */
function mapScalars(
  value: unknown,
  change: (value: unknown, at: At) => unknown,
  at: At = [],
): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => mapScalars(item, change, [...at, index]));
  if (typeof value !== 'object' || value === null) return change(value, at);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, mapScalars(inner, change, [...at, name])]),
  );
}

/** A copy of plain data with some texts replaced. */
export const mapLeaves = (data: unknown, change: (text: string, at: At) => unknown): unknown =>
  mapScalars(data, (value, at) => (typeof value === 'string' ? change(value, at) : value));

/** Fit for a screen: the texts at these places masked. */
export function shownData(data: Data, secrets: readonly At[]): Data {
  const hidden = new Set(secrets.map((at) => JSON.stringify(at)));
  return mapLeaves(data, (text, at) => (hidden.has(JSON.stringify(at)) ? MASK : text)) as Data;
}

const itemId = (item: unknown): unknown =>
  isRecord(item) && Object.hasOwn(item, 'id') ? item['id'] : undefined;

/** The old item that a new one in a list continues: by id where it has one, else by place. */
function counterpart(list: unknown, item: unknown, index: number): unknown {
  if (!Array.isArray(list)) return undefined;
  const id = itemId(item);
  return id === undefined ? (list[index] as unknown) : list.find((old) => itemId(old) === id);
}

/**
 * New data in which a mask stands for "as it was": each masked text is taken from the same place of `before`. A mask
 * without a counterpart stays; `masks` finds it.
 */
export function unmasked(next: unknown, before: unknown): unknown {
  if (next === MASK) return typeof before === 'string' ? before : next;
  if (Array.isArray(next))
    return next.map((item, index) => unmasked(item, counterpart(before, item, index)));
  if (typeof next !== 'object' || next === null) return next;
  const old = isRecord(before) ? before : {};
  return Object.fromEntries(
    Object.entries(next).map(([name, inner]) => [
      name,
      unmasked(inner, Object.hasOwn(old, name) ? old[name] : undefined),
    ]),
  );
}

/** Places where a mask is left: nobody knows what it stands for. */
export const masks = (data: unknown): readonly At[] =>
  [...leavesOf(data)].flatMap(([at, text]) => (text.includes(MASK) ? [at] : []));
