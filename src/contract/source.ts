import { CONTRACT_VERSION } from './version.js';
import type { EventType } from './event.js';
import type { NormalizeContext, Normalized } from './draft.js';
import type { Enrichment } from './enrich.js';
import type {
  Acknowledgement,
  Notification,
  ReceiptResult,
  Verdict,
  Verified,
} from './notification.js';
import type { SourceJob, TokenExchange } from './job.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { SettingsClass } from './settings.js';

/** One row of the event table in the plugin's README and docs: a word of the network and what it becomes. */
export interface NativeEvent {
  readonly native: string;
  readonly becomes: EventType | 'test' | 'ignored' | 'link';
  readonly note?: string;
}

/**
 * An inbound plugin: plain data and pure functions. No I/O, no clock, no randomness (architecture §5).
 * `C` credentials, `S` settings, `P` payload (plain JSON data).
 */
export interface SourceDefinition<C extends object, S extends object, P> {
  /** Kebab-case; also the folder's name and the path segment of `/in/<name>/…`. */
  readonly name: string;
  readonly label: string;
  readonly credentials: SettingsClass<C>;
  readonly settings: SettingsClass<S>;
  /** HTTP methods that carry notifications; none where only `jobs` bring something in. GET/HEAD answered by `probe` need not stand here. */
  readonly methods: readonly ('POST' | 'GET' | 'PUT')[];
  /** Accepted media types when the network sends something unusual (e.g. `multipart/form-data`). */
  readonly contentTypes?: readonly string[];
  /** Bytes; default 262,144. */
  readonly bodyLimit?: number;
  /** The event table: every word of the network that we know. */
  readonly events: readonly NativeEvent[];
  /** Lower-case names of request headers worth keeping on the receipt. Never one that holds a secret. */
  readonly keepHeaders?: readonly string[];
  /** Where secrets or capability links sit in the body: field names (form) or paths (JSON) to mask on every screen. */
  readonly redact?: readonly string[];
  /** The vendor's menu path to the webhook settings, shown to the user who connects the network. */
  readonly setUp?: string;

  /** Answer to a set-up probe (GET/HEAD, or a handshake) that is no notification. `undefined`: not a probe. */
  probe?(notification: Notification): Acknowledgement | undefined;
  /** Keys or certificates to fetch before `verify`; the core guards, caches and hands them over in order. */
  materials?(notification: Notification, credentials: C): readonly HttpRequest[];
  /**
   * Proves the sender on the raw bytes, then parses. Called once per credential of the account, newest first.
   * Never throws on bad input: it rejects.
   */
  verify(
    notification: Notification,
    credentials: C,
    materials: readonly HttpResponse[],
  ): Verdict<P>;
  /**
   * The bytes that a receipt may keep, where the network sends what nobody may store, such as a live session. Default: all
   * of them. `reopen` gets what is left.
   */
  keep?(body: Buffer): Buffer;
  /**
   * Rebuilds the payload from a stored, formerly verified notification without any secret, when that is cheaper
   * than keeping the payload twice (JSON bodies). Must equal the payload that `verify` gave. Without it the
   * receipt keeps the payload.
   */
  reopen?(stored: StoredNotification): P;
  /** The canonical meaning. `[]`: understood, nothing to record. */
  normalize(payload: Verified<P>, context: NormalizeContext<S>): Normalized;
  /** The success answer this network expects; default 200 with a short JSON body. */
  acknowledge?(
    notification: Notification,
    result: ReceiptResult,
    context: NormalizeContext<S>,
  ): Acknowledgement;
  /** For networks that send ids only: what is missing is looked up after the acknowledgement. */
  readonly enrich?: Enrichment<C, S>;
  /** Scheduled exchanges: renewal of a channel, backfill with paging. */
  readonly jobs?: readonly SourceJob<C, S, P>[];
  /** For networks whose API wants a short-lived token: how to get one from what the user configured. */
  readonly token?: TokenExchange<C>;
}

/** What a receipt keeps of a notification: no path token, only the headers in `keepHeaders`. */
export interface StoredNotification {
  readonly method: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface SourcePlugin<
  C extends object = object,
  S extends object = object,
  P = unknown,
> extends SourceDefinition<C, S, P> {
  readonly kind: 'source';
  readonly contract: string;
}

/** Declares an inbound plugin; the default export of `plugins/<name>/index.ts`. */
export const defineSource = <C extends object, S extends object, P>(
  definition: SourceDefinition<C, S, P>,
): SourcePlugin<C, S, P> => ({ kind: 'source', contract: CONTRACT_VERSION, ...definition });
