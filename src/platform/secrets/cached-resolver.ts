import type { Found, SecretResolver } from './found.js';

export interface CacheParts {
  readonly now: () => number;
  /** A value is used so long without asking again, milliseconds. */
  readonly freshMs: number;
  /** An older value stays in use, because the manager gave none: the reference, and why. */
  readonly onStale: (reference: string, rule: string) => void;
}

interface Kept {
  readonly value: string;
  readonly at: number;
}

/**
 * Remembers what a secrets manager gave. What was read once stays in use while the manager is away, so its outage stops
 * neither a change of the configuration nor a replica that must follow one; a name that was never read is refused.
 */
export class CachedResolver implements SecretResolver {
  readonly kind: string;
  private readonly kept = new Map<string, Kept>();
  private readonly asking = new Map<string, Promise<Found>>();

  constructor(
    private readonly inner: SecretResolver,
    private readonly parts: CacheParts,
  ) {
    this.kind = inner.kind;
  }

  find(name: string): Promise<Found> {
    const kept = this.kept.get(name);
    if (kept && this.parts.now() - kept.at < this.parts.freshMs)
      return Promise.resolve({ value: kept.value });
    const known = this.asking.get(name);
    if (known) return known;
    const asked = this.ask(name, kept).finally(() => this.asking.delete(name));
    this.asking.set(name, asked);
    return asked;
  }

  private async ask(name: string, kept: Kept | undefined): Promise<Found> {
    const { now, onStale } = this.parts;
    const found = await this.inner.find(name);
    if ('value' in found) {
      this.kept.set(name, { value: found.value, at: now() });
      return found;
    }
    if (!kept) return found;
    onStale(`${this.kind}:${name}`, found.rule);
    return { value: kept.value };
  }
}
