import { isPlaceholder, isRecord, text as trimmed } from '#contract';
import {
  also,
  listOf,
  mapOf,
  oneOrMore,
  scalarValue,
  shape,
  text,
  type Check,
  type Checked,
} from './check.js';
import { locate, valueAt, type Scope } from './path.js';
import { transformed, transformRule } from './transform.js';

/** A path of the mapping, checked when the settings are saved. */
export const path: Check<string> = text((value) =>
  locate(value)
    ? undefined
    : 'is not a path; use names, [0], ["name with dots or brackets"] or [key=value], e.g. "deal.custom[key=click_id].value"',
);

/** One path, or a list of them of which the first that finds something counts. */
export const paths = oneOrMore(path, 10);

/** Changes made to a found text, in order. */
export const transforms = listOf(text(transformRule), 10);

const fieldMap = also(
  shape(
    {},
    { path: paths, const: scalarValue, transform: transforms, table: mapOf(scalarValue, 1000) },
  ),
  ({ path: found, const: fixed }) =>
    (found === undefined) === (fixed === undefined)
      ? ['must have either path or const, e.g. {"path": "deal.currency"}']
      : [],
);

type FieldMap = Checked<typeof fieldMap>;

/** Where one value comes from: a path, a list of fallback paths, or a map with path or const, transform and table. */
export type Field = string | readonly string[] | FieldMap;

/** Checks a field of the mapping. */
export const field: Check<Field> = (value, at, faults): value is Field =>
  typeof value === 'string' || Array.isArray(value)
    ? paths(value, at, faults)
    : fieldMap(value, at, faults);

/** The paths of a field as one text, for messages. */
export function pathsOf(spec: Field): string {
  const list = typeof spec === 'string' ? [spec] : isList(spec) ? spec : [spec.path ?? []].flat();
  return list.map((one) => `"${one}"`).join(' or ');
}

const isList = (spec: readonly string[] | FieldMap): spec is readonly string[] =>
  Array.isArray(spec);

/**
 * A found value as trimmed text: texts, numbers, flags as `true`/`false`, and the text of an XML element that also
 * has attributes. Undefined for null, the empty text, lists and other maps.
 */
export function scalar(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (isRecord(value) && Object.hasOwn(value, '#text')) return trimmed(value['#text']);
  return trimmed(value);
}

/** The first path whose text is left after the changes; placeholders nobody replaced (`{id}`, `null`) count as nothing. */
function fromPaths(
  scope: Scope,
  list: readonly string[],
  changes: readonly string[],
): string | undefined {
  for (const one of list) {
    const found = scalar(valueAt(scope, one));
    const changed = found === undefined ? undefined : transformed(found, changes);
    if (changed !== undefined && !isPlaceholder(changed)) return changed;
  }
  return undefined;
}

/** The text that a field finds, or undefined. Never throws. */
export function read(scope: Scope, spec: Field | undefined): string | undefined {
  if (spec === undefined) return undefined;
  if (typeof spec === 'string') return fromPaths(scope, [spec], []);
  if (isList(spec)) return fromPaths(scope, spec, []);
  const changes = spec.transform ?? [];
  const found =
    spec.const === undefined
      ? fromPaths(scope, [spec.path ?? []].flat(), changes)
      : String(spec.const);
  if (found === undefined || !spec.table || !Object.hasOwn(spec.table, found)) return found;
  return String(spec.table[found]);
}
