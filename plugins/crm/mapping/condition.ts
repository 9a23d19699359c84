import { pattern, type Pattern } from '#contract';
import {
  listOf,
  scalarValue,
  shape,
  tagged,
  text,
  word,
  type Check,
  type Checked,
} from '../check.js';
import { paths, path, read, scalar, transforms } from '../field.js';
import { valueAt, type Scope } from '../path.js';

const compared = <const O extends string>(op: O) =>
  shape({ op: word([op]), path: paths, value: scalarValue }, { transform: transforms });

const patternText = text((value) =>
  pattern(value)
    ? undefined
    : 'is not a pattern; use RE2 syntax (no look-around, no back references), at most 200 characters, e.g. "^won|closed$"',
);

const single = tagged('op', {
  eq: compared('eq'),
  ne: compared('ne'),
  in: shape(
    { op: word(['in']), path: paths, value: listOf(scalarValue, 200) },
    { transform: transforms },
  ),
  exists: shape({ op: word(['exists']), path: paths }, {}),
  'not-exists': shape({ op: word(['not-exists']), path: paths }, {}),
  changed: shape({ op: word(['changed']), path, previous: path }, {}),
  matches: shape(
    { op: word(['matches']), path: paths, value: patternText },
    { transform: transforms },
  ),
});

type Single = Checked<typeof single>;

const group = shape({ any: listOf(single, 10) }, {});

/** One condition, or `{any: […]}` of which one must hold. */
export type Condition = Single | Checked<typeof group>;

const condition: Check<Condition> = (value, at, faults): value is Condition =>
  typeof value === 'object' && value !== null && 'any' in value
    ? group(value, at, faults)
    : single(value, at, faults);

/** Conditions that must all hold. */
export const conditions = listOf(condition, 20);

const patterns = new WeakMap<object, Pattern>();

function matcher(of: Single & { readonly op: 'matches' }): Pattern | undefined {
  const known = patterns.get(of);
  if (known) return known;
  const made = pattern(of.value);
  if (made) patterns.set(of, made);
  return made;
}

const exists = (scope: Scope, list: string | readonly string[]): boolean =>
  [list].flat().some((one) => {
    const found = valueAt(scope, one);
    return found !== undefined && found !== null && found !== '';
  });

/**
 * True when the notification itself says that the value was another one before: the previous value's member is
 * there (senders list changed members only) and reads differently.
 */
function changed(scope: Scope, now: string, before: string): boolean {
  const old = valueAt(scope, before);
  return old !== undefined && scalar(old) !== scalar(valueAt(scope, now));
}

const found = (
  scope: Scope,
  of: { readonly path: string | readonly string[]; readonly transform?: readonly string[] },
): string | undefined =>
  read(scope, { path: of.path, ...(of.transform ? { transform: of.transform } : {}) });

function matches(of: Single & { readonly op: 'matches' }, value: string | undefined): boolean {
  return value !== undefined && matcher(of)?.test(value) === true;
}

function holdsOne(scope: Scope, of: Single): boolean {
  switch (of.op) {
    case 'exists':
      return exists(scope, of.path);
    case 'not-exists':
      return !exists(scope, of.path);
    case 'changed':
      return changed(scope, of.path, of.previous);
    case 'eq':
      return found(scope, of) === String(of.value);
    case 'ne':
      return found(scope, of) !== String(of.value);
    case 'in':
      return of.value.some((one) => found(scope, of) === String(one));
    case 'matches':
      return matches(of, found(scope, of));
  }
}

/** True when every condition holds; an absent list always does. */
export const holds = (scope: Scope, list: readonly Condition[] | undefined): boolean =>
  (list ?? []).every((one) =>
    'any' in one ? one.any.some((inner) => holdsOne(scope, inner)) : holdsOne(scope, one),
  );
