/** A value, or a sentence without it that says why there is none. */
export type Found = { readonly value: string } | { readonly rule: string };

/** Finds `${kind:name}` in a secrets manager. Never rejects: what cannot be had is a sentence without the secret. */
export interface SecretResolver {
  readonly kind: string;
  find(name: string): Promise<Found>;
}

/** A member of plain data; undefined where there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** Parsed JSON; undefined for anything else. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A secret's whole text, or with `key` that member of the JSON in it. `from`: "needs X from Y", the begin of a refusal. */
export function partOf(secret: string, key: string | undefined, from: string): Found {
  if (key === undefined)
    return secret === '' ? { rule: `${from}, where it is empty` } : { value: secret };
  const value = memberOf(jsonOf(secret), key);
  if (typeof value === 'number') return { value: String(value) };
  return typeof value === 'string' && value !== ''
    ? { value }
    : { rule: `${from}, whose secret has no such member` };
}
