import { canonicalJson } from '../contract/index.js';

/** What a check found, one sentence each; empty when all is well. */
export type Faults = readonly string[];

/** One check of the contract suite: pure, so that it runs under any test runner and can itself be tested. */
export interface Check {
  readonly name: string;
  run(): Faults;
}

/** A check that reports a throw as a fault: plugins never throw. */
export const check = (name: string, run: () => Faults): Check => ({
  name,
  run: () => {
    try {
      return run();
    } catch (error) {
      return [`${name}: threw ${messageOf(error)}`];
    }
  },
});

export const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Plain JSON of a value, names sorted, undefined members gone: two equal texts mean the same. */
export const meaning = (value: unknown): string => canonicalJson(value);

/** A fault that shows both values when they differ. */
export function differs(what: string, found: unknown, wanted: unknown): Faults {
  if (meaning(found) === meaning(wanted)) return [];
  const show = (value: unknown): string => JSON.stringify(JSON.parse(meaning(value)), null, 2);
  return [`${what}\n--- found\n${show(found)}\n--- wanted\n${show(wanted)}`];
}

/** Every text inside plain data: names and values. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]);
}

/** Names the first secret that stands inside a text; secrets under four characters prove nothing. */
export const holdsSecret = (texts: readonly string[], secrets: readonly string[]): boolean =>
  secrets.some((secret) => secret.length >= 4 && texts.some((text) => text.includes(secret)));
