import type { EventType, Money, SourcePlugin, TargetPlugin } from '#contract';

/** What this folder needs of the registry. Lists are for suggestions in faults. */
export interface PluginLookup {
  source(name: string): SourcePlugin | undefined;
  target(name: string): TargetPlugin | undefined;
  sourceNames(): string[];
  targetNames(): string[];
}

/** One set of secrets of an account. Several live side by side while a secret is being changed. */
export interface Credential {
  /** As configured, else by place: `current`, `previous`, `previous-2` … Written on the receipts it verified. */
  readonly id: string;
  /** Instance of the plugin's credentials class. Secret: never log, never answer with it. */
  readonly value: object;
  /** Epoch milliseconds; valid from then on (inclusive). */
  readonly notBefore?: number;
  /** Epoch milliseconds; valid until then (exclusive). */
  readonly notAfter?: number;
}

/** One set of credentials of a source, with its own URL. The id is part of every event's identity: it never changes. */
export interface Account {
  readonly id: string;
  readonly source: SourcePlugin;
  /** Newest first; at least one. */
  readonly credentials: readonly Credential[];
  /** Instance of the plugin's settings class. */
  readonly settings: object;
  /** URL under which the network calls this account, without its token; '' when no public address is configured. */
  readonly publicUrl: string;
  /** Everything of this account is a test. */
  readonly test: boolean;
  /** Whose rules attribute its events; `none`: never ask for a click. Absent: the programme of the click's offer. */
  readonly programme?: string;
}

export interface TargetOptions {
  /** Open connections at once, 1 to 256. */
  readonly sockets: number;
  /** Requests per second over all replicas, or null for no limit of ours. */
  readonly ratePerSecond: number | null;
  /** Requests at once after a quiet moment; by default a tenth of a second's worth. Nothing without `ratePerSecond`. */
  readonly burst?: number;
  /** A test target: it gets test events. */
  readonly test: boolean;
  /** What to do with a reversal whose sale this target never got. */
  readonly orphanReversals: 'skip' | 'send';
}

export interface Target {
  readonly id: string;
  readonly plugin: TargetPlugin;
  /** Instance of the plugin's settings class. */
  readonly settings: object;
  readonly options: TargetOptions;
}

/** Account (and filters) to targets. */
export interface Route {
  /** As configured, else made from the content: the same route keeps its id when others come or go. */
  readonly id: string;
  readonly from: readonly string[] | '*';
  readonly to: readonly string[];
  /** `null`: whatever the target accepts. */
  readonly events: readonly EventType[] | null;
  /** Test events may go this way even to a target that is none for tests. */
  readonly test: boolean;
  /** Only these offers; `null`: all. */
  readonly offers: readonly string[] | null;
  /** Only these affiliates; `null`: all. */
  readonly affiliates: readonly string[] | null;
  /** Settings of each target on this route: its own, with what the route overrides. One entry per id of `to`. */
  readonly settingsFor: ReadonlyMap<string, object>;
  /** Higher wins when several routes lead an event to one target; of equal ones the first in the file. */
  readonly specificity: number;
}

/** What a click leads to. */
export interface Offer {
  readonly id: string;
  /** Template with macros such as `{click_id}`, never in the host. */
  readonly url: string;
  readonly fallbackUrl: string | null;
  readonly programme: string | null;
  /** Account of the source `track` in whose name every click becomes a CLICK event; absent: clicks are only kept. */
  readonly account?: string;
  /** Clicks set cookies, so that several clicks of one browser are known to belong together. */
  readonly cookie?: boolean;
  /** Epoch milliseconds; from then on clicks go to `fallbackUrl` and sales are flagged. */
  readonly endsAt?: number;
  /** What one conversion earns; another payout is flagged. */
  readonly payout?: Money;
}

/** Rules of attribution. */
export interface Programme {
  readonly id: string;
  readonly model: 'last-touch' | 'first-touch';
  /** ISO 4217. */
  readonly baseCurrency: string;
  /** Days from click to sale, 1 to 3650. */
  readonly windowDays: number;
  /** A click earns one sale at most. */
  readonly onePerClick: boolean;
}

const PLACES = ['current', 'previous', 'previous-2', 'previous-3', 'previous-4'] as const;

/** The place of a credential in its account's list, newest first: a name that alert rules can rely on. */
export const credentialPlace = ({ credentials }: Account, id: string): string =>
  PLACES[credentials.findIndex((one) => one.id === id)] ?? 'unknown';
