import { maskSecrets } from '../accounts/index.js';
import type { Configuration } from '../accounts/configuration.js';

/** Shorter secrets have no encoded forms worth looking for: they would mask half of every text. */
const MIN_ENCODED = 8;

/** The forms in which a secret may come back inside a URL, a JSON text or a header. */
function formsOf(secret: string): string[] {
  if (secret.length < MIN_ENCODED) return [secret];
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
  ];
}

/**
 * The net under everything that partners, networks and plugins wrote: no text that holds a configured secret, plain or
 * encoded, is shown.
 */
export class Masking {
  private readonly known = new Set<string>();
  private forms: readonly string[] = [];

  constructor(configuration: Configuration) {
    this.learn(configuration.secrets());
    configuration.onChange(() => this.learn(configuration.secrets()));
  }

  /** A secret that was taken away may still stand in what was stored before: none is forgotten. */
  private learn(secrets: readonly string[]): void {
    for (const form of secrets.flatMap(formsOf)) this.known.add(form);
    this.forms = [...this.known].sort((a, b) => b.length - a.length);
  }

  text(value: string): string {
    return maskSecrets(value, this.forms);
  }

  /** A copy of plain data with every text in it masked. */
  deep(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.deep(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, this.deep(inner)]),
    );
  }

  optional(value: string | undefined): string | null {
    return value === undefined ? null : this.text(value);
  }
}
