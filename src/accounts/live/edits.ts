import { isRecord } from '#contract';
import type { StoredObject, Section } from '../stored-objects.js';
import { STORED_SECTIONS } from '../stored-objects.js';
import { ChangeError } from './change-error.js';
import type { Head } from './live-configuration.js';
import { unmasked } from './secret-places.js';

type Data = Readonly<Record<string, unknown>>;

/** An object as somebody wants it; its secret places are found later. */
export interface Wanted {
  readonly section: Section;
  readonly id: string;
  readonly data: Data;
}

/** Makes the objects of the next version from those of the present one. May run again on a newer one. */
export type Edit = (head: Head) => readonly Wanted[] | Promise<readonly Wanted[]>;

export const keyOf = ({ section, id }: Pick<StoredObject, 'section' | 'id'>): string =>
  `${section}|${id}`;

export const isSection = (name: string): name is Section =>
  STORED_SECTIONS.some((section) => section === name);

/** One object by another (or none), at the same place in the order; a new one comes last. */
function replaced(objects: readonly Wanted[], wanted: Wanted): readonly Wanted[] {
  const at = objects.findIndex((one) => keyOf(one) === keyOf(wanted));
  return at < 0 ? [...objects, wanted] : objects.with(at, wanted);
}

function withId(section: Section, id: string, data: Data): Data {
  if (data['id'] === undefined || data['id'] === id) return { id, ...data };
  throw new ChangeError('WB_CONFIG_INVALID', 'the id of an object never changes', [
    { path: `${section}.${id}.id`, rule: `must be "${id}", or left out` },
  ]);
}

/** What is wanted, with masks replaced by what they stand for. */
function continued(head: Head, section: Section, id: string, data: Data): Wanted {
  const before = head.stored.find((one) => one.section === section && one.id === id);
  return { section, id, data: unmasked(withId(section, id, data), before?.data) as Data };
}

/** Makes or replaces one object. `fresh`: it must not be there yet. */
export const putEdit =
  (section: Section, id: string, data: Data, fresh: boolean): Edit =>
  (head) => {
    const wanted = continued(head, section, id, data);
    if (fresh && head.stored.some((one) => keyOf(one) === keyOf(wanted)))
      throw new ChangeError('WB_CONFIG_EXISTS', `there is already ${section} ${id}`);
    return replaced(head.stored, wanted);
  };

export const removeEdit =
  (section: Section, id: string): Edit =>
  (head) => {
    const rest = head.stored.filter((one) => one.section !== section || one.id !== id);
    if (rest.length === head.stored.length)
      throw new ChangeError('WB_CONFIG_MISSING', `there is no ${section} ${id} to remove`);
    return rest;
  };

/** Items of a document of the file's form; a fault for what is none. */
export function documentItems(document: Data): readonly Wanted[] {
  const unknown = Object.keys(document).find((name) => !isSection(name));
  if (unknown !== undefined)
    throw new ChangeError('WB_CONFIG_INVALID', 'the document has an unknown section', [
      { path: unknown.slice(0, 64), rule: `must be one of ${STORED_SECTIONS.join(', ')}` },
    ]);
  return STORED_SECTIONS.flatMap((section) => {
    const items = document[section] ?? [];
    if (!Array.isArray(items))
      throw new ChangeError('WB_CONFIG_INVALID', 'a section is no list', [
        { path: section, rule: 'must be a list' },
      ]);
    return items.map((item: unknown, index) => itemOf(section, item, index));
  });
}

function itemOf(section: Section, item: unknown, index: number): Wanted {
  const id = isRecord(item) ? item['id'] : undefined;
  if (isRecord(item) && typeof id === 'string') return { section, id, data: item };
  throw new ChangeError('WB_CONFIG_INVALID', 'an object has no id', [
    { path: `${section}[${index}].id`, rule: 'is required, as a text' },
  ]);
}

/** Lays a document over what is stored; with `whole`, what it does not name is removed. */
export const applyEdit =
  (document: Data, whole: boolean): Edit =>
  (head) => {
    const items = documentItems(document).map(({ section, id, data }) =>
      continued(head, section, id, data),
    );
    const named = new Set(items.map(keyOf));
    if (named.size < items.length)
      throw new ChangeError('WB_CONFIG_INVALID', 'the document holds an object twice');
    const kept = whole ? head.stored.filter((one) => named.has(keyOf(one))) : head.stored;
    return items.reduce(replaced, kept as readonly Wanted[]);
  };
