/** How the loader sends, and what happens meanwhile. Rates in events per second. */
export type Load =
  /** Every connection sends the next event when the last one is answered. */
  | { readonly kind: 'closed' }
  /** Events leave at fixed times, whatever the server does; latency counts from the scheduled time. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly seconds: number }
  /** A fixed rate, first without and then with a second partner that takes `hangMs` for every answer. */
  | {
      readonly kind: 'hanging';
      readonly perSecond: number;
      readonly baseSeconds: number;
      readonly seconds: number;
      readonly hangMs: number;
    }
  /** A fixed rate; redis-server dies after `aliveSeconds` and comes back after the load. */
  | {
      readonly kind: 'no-redis';
      readonly perSecond: number;
      readonly aliveSeconds: number;
      readonly seconds: number;
    }
  /** A fixed rate; the server is killed in the middle of it and started again. */
  | {
      readonly kind: 'crash';
      readonly perSecond: number;
      readonly seconds: number;
      /** The partner takes so long for every answer that a backlog dies with the server. */
      readonly answerMs: number;
    }
  /** Rows that wait while nobody delivers, then worker processes and a partner that answers at once. */
  | { readonly kind: 'drain'; readonly rows: number; readonly workers: number }
  /** Notifications and clicks on one server in turn: a closed loop of each, then a fixed rate of each. */
  | { readonly kind: 'clicks'; readonly perSecond: number; readonly seconds: number }
  /** A closed loop on a ledger that holds so many events already. */
  | { readonly kind: 'grown'; readonly documents: number }
  /** A closed loop, then what it left on disk and in memory. */
  | { readonly kind: 'sizing' };

/** One question to every server. */
export interface Scenario {
  readonly name: string;
  /** Scenarios of one group share a table; `--only` knows its name, too. */
  readonly group: string;
  /** Heading of the group's table. */
  readonly title: string;
  /** What tells it from others of its group; empty in a group of one. */
  readonly label: string;
  /** Partners that get every event and are measured. */
  readonly targets: number;
  readonly load: Load;
  /** Names of the servers that are asked. */
  readonly asks: readonly string[];
  /** Requests are taken by one process and delivered by another. */
  readonly split: boolean;
  /** Part of `--events` that a closed loop sends. */
  readonly share: number;
  /** Left out by `--quick` unless asked for by name. */
  readonly slow: boolean;
}

const closed: Load = { kind: 'closed' };

/** The first seconds of a fixed-rate run do not count. */
export const DROPPED_SECONDS = 2;

const usual = { label: '', targets: 1, split: false, share: 1, slow: true } as const;

const rate = (perSecond: number, asks: readonly string[], slow: boolean) => ({
  ...usual,
  group: 'rates',
  title: 'Fixed rate, 1 → 1',
  label: `${perSecond}/s`,
  load: { kind: 'rate', perSecond, seconds: 8 } as const,
  asks,
  slow,
});

const drain = (workers: number, asks: readonly string[]): Scenario => ({
  ...usual,
  name: workers === 1 ? 'drain' : `drain${workers}`,
  group: 'workers',
  title: 'Backlog of 20,000, drained by worker processes',
  label: workers === 1 ? '1 worker' : `${workers} workers`,
  load: { kind: 'drain', rows: 20_000, workers },
  asks,
});

const grown = (name: string, documents: number): Scenario => ({
  ...usual,
  name,
  group: 'growth',
  title: 'Closed loop, 1 → 1, on a ledger with history',
  label: `${documents.toLocaleString('en-US')} events`,
  load: { kind: 'grown', documents },
  asks: ['waybill'],
});

const sizing = (targets: number): Scenario => ({
  ...usual,
  name: `sizing${targets}`,
  group: 'sizing',
  title: 'What an event costs',
  label: `1 → ${targets}`,
  targets,
  load: { kind: 'sizing' },
  asks: ['waybill'],
});

export const SCENARIOS: readonly Scenario[] = [
  {
    ...usual,
    name: 'ingest',
    group: 'ingest',
    title: 'Ingest, no route',
    targets: 0,
    load: closed,
    asks: ['waybill', 'insert', 'ids', 'plain'],
    slow: false,
  },
  {
    ...usual,
    name: 'e2e',
    group: 'e2e',
    title: 'End to end, 1 → 1',
    load: closed,
    asks: ['waybill', 'ids', 'batch', 'plain'],
    slow: false,
  },
  {
    ...usual,
    name: 'split',
    group: 'split',
    title: 'End to end, 1 → 1, another process takes every job',
    load: closed,
    asks: ['waybill', 'ids'],
    split: true,
  },
  {
    ...usual,
    name: 'fanout',
    group: 'fanout',
    title: 'Fan-out, 1 → 3',
    targets: 3,
    load: closed,
    asks: ['waybill', 'ids', 'batch', 'plain'],
    share: 0.5,
  },
  { ...rate(200, ['waybill', 'ids'], true), name: 'rate200' },
  { ...rate(500, ['waybill', 'ids', 'plain'], false), name: 'rate' },
  {
    ...usual,
    name: 'slow-partner',
    group: 'slow-partner',
    title: 'A partner beside one that hangs 5 s, 200/s',
    load: { kind: 'hanging', perSecond: 200, baseSeconds: 6, seconds: 12, hangMs: 5000 },
    asks: ['waybill', 'ids', 'plain'],
  },
  {
    ...usual,
    name: 'no-redis',
    group: 'no-redis',
    title: 'Redis killed, 500/s',
    load: { kind: 'no-redis', perSecond: 500, aliveSeconds: 2, seconds: 8 },
    asks: ['waybill'],
  },
  {
    ...usual,
    name: 'crash',
    group: 'crash',
    title: 'kill -9 at 500/s, a partner that takes 100 ms',
    load: { kind: 'crash', perSecond: 500, seconds: 4, answerMs: 100 },
    asks: ['waybill'],
  },
  {
    ...usual,
    name: 'clicks',
    group: 'clicks',
    title: 'Clicks (GET /c/<offer>) beside notifications (POST /in), 500/s and closed loop',
    targets: 0,
    load: { kind: 'clicks', perSecond: 500, seconds: 8 },
    asks: ['waybill'],
  },
  drain(1, ['waybill', 'ids']),
  drain(2, ['waybill']),
  drain(4, ['waybill']),
  grown('growth10k', 10_000),
  grown('growth100k', 100_000),
  grown('growth1m', 1_000_000),
  sizing(1),
  sizing(3),
];

/** Fan-outs that every server is set up for; account `bench-N` leads to N partners. */
export const FAN_OUTS: readonly number[] = [0, 1, 3];

/** The offer that clicks lead to. */
export const OFFER = 'bench';

export const accountOf = (targets: number): string => `bench-${targets}`;
export const targetOf = (index: number): string => `t${index}`;

/** The partner that hangs, and the account that leads to the first partner and to it. */
export const HANGING_TARGET = 9;
export const HANGING_ACCOUNT = 'bench-hanging';

/** Every account with the numbers of its partners. */
export const ACCOUNTS: ReadonlyMap<string, readonly number[]> = new Map([
  ...FAN_OUTS.map((count): [string, readonly number[]] => [
    accountOf(count),
    Array.from({ length: count }, (_, index) => index),
  ]),
  [HANGING_ACCOUNT, [0, HANGING_TARGET]],
]);

/** Numbers of all partners. */
export const TARGETS: readonly number[] = [...new Set([...ACCOUNTS.values()].flat())];
