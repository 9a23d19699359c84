/** How the loader sends. */
export type Load =
  /** Every connection sends the next event when the last one is answered. */
  | { readonly kind: 'closed' }
  /** Events leave at fixed times, whatever the server does; latency counts from the scheduled time. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly seconds: number };

/** One question to every server. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Partners that get every event. */
  readonly targets: number;
  readonly load: Load;
  /** Left out by `--quick` unless asked for by name. */
  readonly slow: boolean;
}

const closed: Load = { kind: 'closed' };

/** The first seconds of a fixed-rate run do not count. */
export const DROPPED_SECONDS = 2;

export const SCENARIOS: readonly Scenario[] = [
  { name: 'ingest', title: 'Ingest, no route', targets: 0, load: closed, slow: false },
  { name: 'e2e', title: 'End to end, 1 → 1', targets: 1, load: closed, slow: false },
  {
    name: 'rate',
    title: 'Fixed rate, 500/s, 1 → 1',
    targets: 1,
    load: { kind: 'rate', perSecond: 500, seconds: 8 },
    slow: false,
  },
  { name: 'fanout', title: 'Fan-out, 1 → 3', targets: 3, load: closed, slow: true },
];

/** Fan-outs that every server is set up for; account `bench-N` leads to N partners. */
export const FAN_OUTS: readonly number[] = [0, 1, 3];

export const accountOf = (targets: number): string => `bench-${targets}`;
export const targetOf = (index: number): string => `t${index}`;
