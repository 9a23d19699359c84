import type { PluginLookup } from './model.js';
import type { Reading } from './reading.js';

/** What every reader of a section shares. */
export interface Scope {
  readonly reading: Reading;
  readonly registry: PluginLookup;
  /** Texts that came from a reference or the environment, by path; in production secrets must be among them. */
  readonly sourced: ReadonlyMap<string, string>;
  readonly production: boolean;
  /** Grows while reading: secret texts, also those of parts that turn out wrong. */
  readonly secrets: Set<string>;
  /** Sentences worth logging that do not stop the start. */
  readonly warnings: string[];
  /** URLs that the gateway will call: judged after reading, since the judge may be asynchronous. */
  readonly urls: { readonly path: string; readonly url: string }[];
  /** Of this gateway, without a slash at the end; '' when not configured. */
  readonly publicUrl: string;
  readonly defaultSockets: number;
}
