import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Fault } from '#contract';
import type { Env } from '../platform/config/index.js';
import type { Found, SecretResolver } from '../platform/secrets/found.js';
import { joined } from './reading.js';

/** `$${` writes a literal `${`. A macro such as `${click_id}` has no colon and is none of ours. */
const REFERENCE = /\$(\$\{)|\$\{([A-Za-z]+):([^{}]*)\}/g;
const OWN_KINDS = ['env', 'file'];
const MAX_FILE = 64 * 1024;
const MAX_NESTING = 32;

export interface Resolved {
  readonly data: unknown;
  /** Final texts that hold at least one reference, by path. */
  readonly sourced: ReadonlyMap<string, string>;
  /** Every value that a reference gave: a secret, unless proven otherwise. */
  readonly secrets: readonly string[];
  readonly faults: readonly Fault[];
}

export type { SecretResolver };

/** Where references are looked up. */
export interface ReferenceSources {
  readonly env: Env;
  /** That of the configuration file, for relative `${file:…}`. */
  readonly directory: string;
  readonly resolvers?: readonly SecretResolver[];
  /** A sentence when this reference must not be used here, else undefined. */
  readonly forbidden?: (kind: string, name: string) => string | undefined;
}

/** The text is nothing but references: it holds no secret itself. */
export const isReference = (text: string): boolean =>
  /\$\{[A-Za-z]+:/.test(text) && text.replaceAll(/\$\{[A-Za-z]+:[^{}]*\}/g, '').trim() === '';

/** Some part of the text is a reference. */
export const hasReference = (text: string): boolean =>
  [...text.matchAll(REFERENCE)].some(([, escaped]) => escaped === undefined);

function fromEnvironment(name: string, env: Env): Found {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return { rule: `"${name}" is not the name of a variable` };
  const value = env[name];
  return value === undefined || value === ''
    ? { rule: `needs the environment variable ${name}, which is not set` }
    : { value };
}

/** Editors and `echo` end a file with a line break that is no part of the secret. */
function fromFile(name: string, directory: string): Found {
  const file = path.resolve(directory, name);
  try {
    if (statSync(file).size > MAX_FILE)
      return { rule: `needs the file ${name}, which is larger than 64 KiB` };
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return value === '' ? { rule: `needs the file ${name}, which is empty` } : { value };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return { rule: `needs the file ${name}, which cannot be read (${code})` };
  }
}

class Resolver {
  readonly sourced = new Map<string, string>();
  readonly secrets = new Set<string>();
  readonly faults: Fault[] = [];
  readonly #sources: ReferenceSources;
  readonly #fetched: ReadonlyMap<string, Found>;

  constructor(sources: ReferenceSources, fetched: ReadonlyMap<string, Found>) {
    this.#sources = sources;
    this.#fetched = fetched;
  }

  walk(value: unknown, at: string, nesting = 0): unknown {
    if (typeof value === 'string') return this.#text(value, at);
    if (typeof value !== 'object' || value === null) return value;
    if (nesting > MAX_NESTING) {
      this.faults.push({ path: at, rule: 'is nested too deep' });
      return null;
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => this.walk(item, `${at}[${index}]`, nesting + 1));
    }
    // fromEntries defines own properties, so a key `__proto__` stays data.
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        this.walk(inner, joined(at, key), nesting + 1),
      ]),
    );
  }

  #text(text: string, at: string): string {
    let referred = false;
    const final = text.replace(
      REFERENCE,
      (whole, escaped: string | undefined, kind: string, name: string) => {
        if (escaped !== undefined) return escaped;
        referred = true;
        return this.#value(kind, name.trim(), at) ?? whole;
      },
    );
    if (referred) this.sourced.set(at, final);
    return final;
  }

  #value(kind: string, name: string, at: string): string | undefined {
    const found = this.#find(kind, name);
    if ('rule' in found) {
      this.faults.push({ path: at, rule: found.rule });
      return undefined;
    }
    this.secrets.add(found.value);
    return found.value;
  }

  #find(kind: string, name: string): Found {
    const { env, directory, resolvers = [], forbidden } = this.#sources;
    const rule = forbidden?.(kind, name);
    if (rule !== undefined) return { rule };
    if (kind === 'env') return fromEnvironment(name, env);
    if (kind === 'file') return fromFile(name, directory);
    const known = [...OWN_KINDS, ...resolvers.map((one) => one.kind)].join(', ');
    return (
      this.#fetched.get(`${kind}:${name}`) ?? {
        rule: `has a reference of the unknown kind "${kind}"; known: ${known}`,
      }
    );
  }
}

/** Every text inside plain data; what is nested too deep is passed over. */
function textsIn(value: unknown, nesting = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || nesting > MAX_NESTING) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner, nesting + 1));
}

/** Asks the resolvers, each name once, all at the same time. */
async function fetchAll(
  data: unknown,
  { resolvers = [], forbidden }: ReferenceSources,
): Promise<ReadonlyMap<string, Found>> {
  const wanted = new Map<string, () => Promise<Found>>();
  for (const text of resolvers.length === 0 ? [] : textsIn(data)) {
    for (const [, escaped, kind = '', raw = ''] of text.matchAll(REFERENCE)) {
      const name = raw.trim();
      const resolver = resolvers.find((one) => one.kind === kind);
      if (escaped !== undefined || !resolver || forbidden?.(kind, name) !== undefined) continue;
      wanted.set(`${kind}:${name}`, () => resolver.find(name));
    }
  }
  const found = [...wanted].map(async ([key, find]) => [key, await find()] as const);
  return new Map(await Promise.all(found));
}

/** Replaces `${env:NAME}`, `${file:/path}` and those of the resolvers inside every text, whole or in part. `at`: path of the data. */
export async function resolveReferences(
  data: unknown,
  sources: ReferenceSources,
  at = '',
): Promise<Resolved> {
  const resolver = new Resolver(sources, await fetchAll(data, sources));
  const resolved = resolver.walk(data, at);
  return {
    data: resolved,
    sourced: resolver.sourced,
    secrets: [...resolver.secrets],
    faults: resolver.faults,
  };
}
