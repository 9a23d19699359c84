import type { Fault } from '#contract';
import { resolveReferences, type ReferenceSources } from './references.js';

/** What can be made through the admin API, by the name of its section in the file. */
export const STORED_SECTIONS = ['accounts', 'targets', 'routes', 'offers', 'programmes'] as const;
export type Section = (typeof STORED_SECTIONS)[number];

/** A member inside an object: names and numbers from the outside in. */
export type At = readonly (string | number)[];

/** An object as it would stand in the file, kept in MongoDB instead. */
export interface StoredObject {
  readonly section: Section;
  readonly id: string;
  /** With references unresolved and secrets in clear. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Places of the texts that are encrypted at rest. */
  readonly secrets: readonly At[];
}

/** Stored objects laid beside the file's, references resolved. */
export interface StoredData {
  /** Sections that hold stored objects, whole: the file's items come first. */
  readonly lists: Readonly<Partial<Record<Section, readonly unknown[]>>>;
  readonly sourced: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
  readonly faults: readonly Fault[];
  /** `targets[3].settings.url` → `targets.tracker.settings.url`; undefined for what the file holds. */
  nameOf(path: string): string | undefined;
}

/** `['credentials', 0, 'key']` below `accounts[2]` → `accounts[2].credentials[0].key`. */
export const pathOf = (base: string, at: At): string =>
  at.reduce<string>(
    (path, part) => (typeof part === 'number' ? `${path}[${part}]` : `${path}.${part}`),
    base,
  );

export function textAt(data: unknown, at: At): string | undefined {
  let value: unknown = data;
  for (const part of at) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return typeof value === 'string' ? value : undefined;
}

/** Where each object comes to lie in its list. */
function placed(
  objects: readonly StoredObject[],
  file: Readonly<Record<string, unknown>>,
): readonly (readonly [string, StoredObject])[] {
  const next = new Map<Section, number>();
  return objects.map((object) => {
    const { section } = object;
    const own = file[section];
    const index = next.get(section) ?? (Array.isArray(own) ? own.length : 0);
    next.set(section, index + 1);
    return [`${section}[${index}]`, object];
  });
}

/** `file`: the file's data, resolved already. */
export async function storedData(
  objects: readonly StoredObject[],
  file: Readonly<Record<string, unknown>>,
  sources: ReferenceSources,
): Promise<StoredData> {
  const lists: Partial<Record<Section, unknown[]>> = {};
  const sourced = new Map<string, string>();
  const secrets: string[] = [];
  const faults: Fault[] = [];
  const places = placed(objects, file);
  for (const [path, { section, data, secrets: sealed }] of places) {
    const resolved = await resolveReferences(data, sources, path);
    const own = file[section];
    lists[section] ??= Array.isArray(own) ? [...(own as unknown[])] : [];
    lists[section].push(resolved.data);
    for (const [at, text] of resolved.sourced) sourced.set(at, text);
    for (const at of sealed) {
      // Encrypted at rest: as good as a reference.
      const text = textAt(resolved.data, at);
      if (text === undefined) continue;
      sourced.set(pathOf(path, at), text);
      secrets.push(text);
    }
    secrets.push(...resolved.secrets);
    faults.push(...resolved.faults);
  }
  const names = new Map(places.map(([path, { section, id }]) => [path, `${section}.${id}`]));
  const nameOf = (path: string): string | undefined => {
    const head = /^[a-z]+\[\d+\]/.exec(path)?.[0] ?? '';
    const name = names.get(head);
    return name === undefined ? undefined : `${name}${path.slice(head.length)}`;
  };
  return { lists, sourced, secrets, faults, nameOf };
}
