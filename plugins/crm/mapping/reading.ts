import { read, pathsOf, type Field } from '../field.js';
import type { Scope } from '../path.js';

/** One record on its way to an event, with everything that did not fit. */
export interface Reading {
  readonly scope: Scope;
  readonly problems: readonly string[];
  readonly flags: readonly string[];
  /** Notes a problem; it names path and rule, never a value: values may be personal data. */
  problem(sentence: string): undefined;
  flag(name: string): void;
}

export function startReading(scope: Scope): Reading {
  const problems: string[] = [];
  const flags = new Set<string>();
  return {
    scope,
    problems,
    get flags() {
      return [...flags];
    },
    problem: (sentence) => {
      problems.push(sentence);
      return undefined;
    },
    flag: (name) => {
      flags.add(name);
    },
  };
}

/** The text of a field, or undefined. */
export const given = (reading: Reading, spec: Field | undefined): string | undefined =>
  read(reading.scope, spec);

/** The text of a field that must be there; a problem otherwise. */
export const needed = (reading: Reading, name: string, spec: Field): string | undefined =>
  given(reading, spec) ?? reading.problem(`${name}: ${pathsOf(spec)} found nothing`);
