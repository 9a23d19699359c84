import type { CanonicalEvent } from '../../../contract/index.js';
import type { Scene } from '../beat.js';
import type { LedgerDelivery } from '../ledger-reader.js';
import type { Played } from '../played.js';
import type { Report } from '../report.js';
import type { Visited } from '../visit.js';

/** `sources`: how many send. */
export interface Opening {
  readonly sources: number;
  readonly notifications: number;
  readonly dir: string;
}

/** What the demo tells while it runs: to a person, or to a program. */
export interface Teller {
  /** The first line: what will happen. */
  opening(about: Opening): void;
  /** Something takes a moment; called again and again with how long it has taken. */
  progress(what: string, elapsedMs: number): void;
  started(about: { readonly url: string; readonly ms: number }): void;
  scene(scene: Scene): void;
  /** Somebody followed a link. */
  visited(one: Visited): void;
  /** `belief`: what the partner makes of a delivery by its own books, or ''. `brief`: one of many, so in one line. */
  played(one: Played, belief: (delivery: LedgerDelivery) => string, brief: boolean): void;
  /** Deliveries that were open and have now ended. */
  settled(delivery: LedgerDelivery, event: CanonicalEvent | undefined, belief: string): void;
  waiting(open: readonly LedgerDelivery[]): void;
  note(text: string): void;
  report(report: Report, elapsedMs: number): void;
}
