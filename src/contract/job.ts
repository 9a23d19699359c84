import type { NormalizeContext } from './draft.js';
import type { HttpRequest, HttpResponse } from './http.js';

/** What a job knows of itself. */
export interface JobContext<S> extends NormalizeContext<S> {
  /** What the last run that came through left; null on the first. */
  readonly cursor: string | null;
  /** Server clock, epoch milliseconds: where to begin, what to sign. Never part of a key. */
  readonly now: number;
}

/** What one answer gave. */
export interface JobResult<P> {
  /** Kept for the next run; null begins anew. */
  readonly cursor: string | null;
  /**
   * Payloads as `verify` would give them: each goes through `normalize` and the ledger like a notification, marked
   * `backfill`. What the ledger has already is left alone.
   */
  readonly payloads?: readonly P[];
  /** There is another page: ask again at once. */
  readonly more?: boolean;
}

/**
 * A scheduled exchange with the network: renewal of a channel, backfill with paging. Runs on one replica at a time;
 * an answer that is no 2xx, or none at all, is tried again with growing waits from the same cursor.
 */
export interface SourceJob<C extends object, S extends object, P> {
  /** Kebab-case, unique inside the plugin. */
  readonly name: string;
  /** Milliseconds between the ends of two runs. */
  readonly every: number;
  /** False for an account that cannot run it: no token configured. */
  wants(credentials: C): boolean;
  build(credentials: C, context: JobContext<S>): HttpRequest;
  /** Called for 2xx only. `undefined`: the answer cannot be read; the run failed. */
  apply(response: HttpResponse, context: JobContext<S>, credentials: C): JobResult<P> | undefined;
  /**
   * By what an event is known to have been told already. `key` (default): by the very key that the notification gave.
   * `order`: also by order, type and number of the payment, for lists that do not hold every part of the key; such a job
   * must leave out what the network may still send by itself.
   */
  readonly knownBy?: 'key' | 'order';
}

/** A short-lived access token for look-ups and jobs, got from a long-lived one (OAuth refresh). Kept in memory only. */
export interface TokenExchange<C extends object> {
  /** False where the credentials hold nothing to get a token with: they are used as they are. */
  wants(credentials: C): boolean;
  build(credentials: C): HttpRequest;
  /** The token and how long it lives, milliseconds; undefined when there is none in the answer. */
  read(response: HttpResponse): { readonly token: string; readonly forMs: number } | undefined;
  /** The credentials with the token, as `enrich` and `jobs` get them. */
  lay(credentials: C, token: string): C;
}
