import { isRecord } from '#contract';

/**
 * Checks one member of a nested structure and collects every fault as a sentence that begins with the
 * member's path. A type guard, so what passed is typed without a single assertion.
 */
export type Check<T> = (value: unknown, at: string, faults: string[]) => value is T;

/** What a check lets through. */
export type Checked<C> = C extends Check<infer T> ? T : never;

/** Adds a fault; always false, so a check can return it. */
export function say(faults: string[], at: string, rule: string): false {
  faults.push(at === '' ? rule : `${at} ${rule}`);
  return false;
}

const below = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

/** A text of 1 to 4,096 characters; `rule` returns the rest of the sentence when it does not like it. */
export const text =
  (rule?: (value: string) => string | undefined): Check<string> =>
  (value, at, faults): value is string => {
    if (typeof value !== 'string') return say(faults, at, 'must be a text');
    if (value === '' || value.length > 4096) {
      return say(faults, at, 'must have 1 to 4,096 characters');
    }
    const fault = rule?.(value);
    return fault === undefined || say(faults, at, fault);
  };

/** A text that is not blank, a number or a flag: YAML turns an unquoted 1 or true into the latter two. */
export const scalarValue: Check<string | number | boolean> = (
  value,
  at,
  faults,
): value is string | number | boolean =>
  (['string', 'number', 'boolean'].includes(typeof value) && String(value).trim() !== '') ||
  say(faults, at, 'must be a text that is not blank, a number or true/false');

/** One word of a list. */
export const word =
  <const W extends string>(words: readonly W[]): Check<W> =>
  (value, at, faults): value is W =>
    words.some((known) => known === value) ||
    say(faults, at, `must be one of ${words.join(', ')}, e.g. "${words[0]}"`);

/** A whole number between two bounds. */
export const whole =
  (min: number, max: number): Check<number> =>
  (value, at, faults): value is number =>
    (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) ||
    say(faults, at, `must be a whole number from ${min} to ${max}, e.g. ${min}`);

/** True or false. */
export const flag: Check<boolean> = (value, at, faults): value is boolean =>
  typeof value === 'boolean' || say(faults, at, 'must be true or false');

/** A list of 1 to `max` members. */
export const listOf =
  <T>(check: Check<T>, max: number): Check<readonly T[]> =>
  (value, at, faults): value is readonly T[] => {
    if (!Array.isArray(value)) return say(faults, at, 'must be a list');
    if (value.length === 0 || value.length > max) {
      return say(faults, at, `must have 1 to ${max} members`);
    }
    const before = faults.length;
    for (const [i, item] of value.entries()) check(item, `${at}[${i}]`, faults);
    return faults.length === before;
  };

/** One value, or a list of them. */
export const oneOrMore =
  <T>(check: Check<T>, max: number): Check<T | readonly T[]> =>
  (value, at, faults): value is T | readonly T[] =>
    Array.isArray(value) ? listOf(check, max)(value, at, faults) : check(value, at, faults);

/** A map from any text to members of one kind. */
export const mapOf =
  <T>(check: Check<T>, max: number): Check<Readonly<Record<string, T>>> =>
  (value, at, faults): value is Readonly<Record<string, T>> => {
    if (!isRecord(value)) return say(faults, at, 'must be a map');
    const entries = Object.entries(value);
    if (entries.length === 0 || entries.length > max) {
      return say(faults, at, `must have 1 to ${max} entries`);
    }
    const before = faults.length;
    for (const [name, inner] of entries) check(inner, `${at}["${name}"]`, faults);
    return faults.length === before;
  };

type Members<T> = { readonly [K in keyof T]: Check<T[K]> };

/** A map with known names only: a misspelt member must not be ignored in silence. */
export const shape =
  <R extends object, O extends object>(
    required: Members<R>,
    optional: Members<O>,
  ): Check<Readonly<R> & Readonly<Partial<O>>> =>
  (value, at, faults): value is Readonly<R> & Readonly<Partial<O>> => {
    if (!isRecord(value)) return say(faults, at, 'must be a map');
    const before = faults.length;
    const checks = new Map<string, Check<unknown>>(
      Object.entries<Check<unknown>>({ ...required, ...optional }),
    );
    for (const name of Object.keys(required)) {
      if (value[name] === undefined) say(faults, below(at, name), 'is missing');
    }
    for (const [name, inner] of Object.entries(value)) {
      const check = checks.get(name);
      if (!check)
        say(faults, below(at, name), `is not known here (known: ${[...checks.keys()].join(', ')})`);
      else if (inner !== undefined) check(inner, below(at, name), faults);
    }
    return faults.length === before;
  };

type Cases = Readonly<Record<string, Check<object>>>;

/** A map whose shape follows from one member (`preset`, `op`). */
export const tagged = <const C extends Cases>(
  name: string,
  cases: C,
): Check<{ [K in keyof C]: Checked<C[K]> }[keyof C]> => {
  const words = new Map(Object.entries<Check<object>>(cases));
  return (value, at, faults): value is { [K in keyof C]: Checked<C[K]> }[keyof C] => {
    if (!isRecord(value)) return say(faults, at, 'must be a map');
    const tag = value[name];
    const check = typeof tag === 'string' ? words.get(tag) : undefined;
    if (check) return check(value, at, faults);
    const known = [...words.keys()];
    return say(faults, below(at, name), `must be one of ${known.join(', ')}, e.g. "${known[0]}"`);
  };
};

/** A check and one more rule about the whole of what it let through. */
export const also =
  <T>(check: Check<T>, rule: (value: T) => readonly string[]): Check<T> =>
  (value, at, faults): value is T => {
    if (!check(value, at, faults)) return false;
    const more = rule(value);
    for (const sentence of more) say(faults, at, sentence);
    return more.length === 0;
  };

/** Every fault of a value, empty when it passes. */
export function faultsOf(check: Check<unknown>, value: unknown): readonly string[] {
  const faults: string[] = [];
  check(value, '', faults);
  return faults;
}
