import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Fault } from '#contract';
import type { Env } from '../platform/config/index.js';
import { joined } from './reading.js';

/** `$${` writes a literal `${`. A macro such as `${click_id}` has no colon and is none of ours. */
const REFERENCE = /\$(\$\{)|\$\{([A-Za-z]+):([^{}]*)\}/g;
const KINDS = ['env', 'file'];
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

/** Where references are looked up. `directory`: that of the configuration file, for relative `${file:…}`. */
export interface ReferenceSources {
  readonly env: Env;
  readonly directory: string;
}

type Found = { readonly value: string } | { readonly rule: string };

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

  constructor(sources: ReferenceSources) {
    this.#sources = sources;
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
    if (kind === 'env') return fromEnvironment(name, this.#sources.env);
    if (kind === 'file') return fromFile(name, this.#sources.directory);
    return { rule: `has a reference of the unknown kind "${kind}"; known: ${KINDS.join(', ')}` };
  }
}

/** Replaces `${env:NAME}` and `${file:/path}` inside every text, whole or in part. */
export function resolveReferences(data: unknown, sources: ReferenceSources): Resolved {
  const resolver = new Resolver(sources);
  const resolved = resolver.walk(data, '');
  return {
    data: resolved,
    sourced: resolver.sourced,
    secrets: [...resolver.secrets],
    faults: resolver.faults,
  };
}
