import { createRequire } from 'node:module';

type Library = typeof import('re2js');

/** Loaded with the first pattern: most configurations have none. */
const library = (): Library => createRequire(import.meta.url)('re2js') as Library;

export const MAX_PATTERN = 200;
export const MAX_SUBJECT = 10_240;

/** A pattern written by a user: matched in linear time. */
export interface Pattern {
  readonly source: string;
  /** Finds anywhere in the first 10 KB of the text. */
  test(subject: string): boolean;
}

/** Compiles a user's pattern with a linear-time engine (RE2 syntax); `undefined` when it is none or longer than 200 characters. */
export function pattern(source: string, caseless = false): Pattern | undefined {
  if (source === '' || source.length > MAX_PATTERN) return undefined;
  const { RE2JS } = library();
  try {
    const compiled = RE2JS.compile(source, caseless ? RE2JS.CASE_INSENSITIVE : 0);
    return { source, test: (subject) => compiled.matcher(subject.slice(0, MAX_SUBJECT)).find() };
  } catch {
    return undefined;
  }
}
