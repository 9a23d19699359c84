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
  private readonly forms: readonly string[];

  constructor(configuration: Configuration) {
    const forms = new Set(configuration.secrets().flatMap(formsOf));
    this.forms = [...forms].sort((a, b) => b.length - a.length);
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
