import type { Target, TargetOptions } from '../accounts/index.js';
import type { TargetPlugin } from '../contract/index.js';
import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import { LEASE_MS, type Claimed } from './claims.js';
import { Admission, type AdmissionParts } from './admission.js';
import { BREAKER } from './breaker-rules.js';
import { Lane } from './lane.js';
import type { LaneWork } from './lane-work.js';

export const START = Date.parse('2026-11-20T10:00:00.000Z');
export const WAKE = START + 30_000;

export const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Sending {
  readonly id: string;
  /** The socket is free; the row is settled, too, unless said otherwise. */
  end(settled?: boolean): Promise<void>;
  fail(): Promise<void>;
  settled(): void;
}

/** The world around a lane: a clock, sockets that answer when told to, and rows that can be claimed or not. */
export class World implements LaneWork {
  time = START;
  readonly out: Sending[] = [];
  readonly sent: string[] = [];
  readonly claims: { ids: readonly string[]; wake: number; ahead: boolean }[] = [];
  readonly back: string[] = [];
  /** When what was given back last is due again; undefined: at once. */
  backAt: number | undefined;
  readonly hungryFor: string[] = [];
  readonly errors: unknown[] = [];
  /** Ids that somebody else has. */
  readonly taken = new Set<string>();
  /** Ids that crashed a process before. */
  readonly crashed = new Set<string>();
  /** Held until told otherwise. */
  gates: { claim?: Promise<void>; load?: Promise<void>; giveBack?: Promise<void> } = {};
  loadRow = true;
  accountOf: (id: string) => string = () => '';

  now(): number {
    return this.time;
  }

  async claim(ids: readonly string[], wake: number, ahead: boolean): Promise<Claimed[]> {
    this.claims.push({ ids, wake, ahead });
    const until = this.time + LEASE_MS;
    await this.gates.claim;
    return ids
      .filter((id) => !this.taken.has(id) && !(ahead && this.crashed.has(id)))
      .map((id) => ({ ...claimed(id, until), row: this.rowOf(id) }));
  }

  rowOf(id: string): DeliveryDoc {
    return { ...rowOf(id), account: this.accountOf(id) };
  }

  readonly declined: string[] = [];

  overflow(ids: readonly string[]): Promise<void> {
    this.declined.push(...ids);
    return Promise.resolve();
  }

  async load(claims: readonly Claimed[]): Promise<void> {
    await this.gates.load;
    if (this.loadRow) for (const claim of claims) claim.row ??= this.rowOf(claim.id);
  }

  async giveBack(claims: readonly Claimed[], at?: number): Promise<void> {
    await this.gates.giveBack;
    if (at !== undefined) this.backAt = at;
    this.back.push(...claims.map((claim) => claim.id));
  }

  send(claim: Claimed, released: () => void): Promise<void> {
    this.sent.push(claim.id);
    return new Promise((resolve, reject) => {
      const drop = () => this.out.splice(this.out.indexOf(one), 1);
      const one: Sending = {
        id: claim.id,
        end: async (settled = true) => {
          drop();
          resolve();
          if (settled) released();
          await turn();
        },
        fail: async () => {
          drop();
          reject(new Error('fell over'));
          await turn();
        },
        settled: released,
      };
      this.out.push(one);
    });
  }

  hungry(target: string): void {
    this.hungryFor.push(target);
  }

  failed(error: unknown): void {
    this.errors.push(error);
  }

  /** Ends everything that is on its way. */
  async endAll(): Promise<void> {
    for (const one of [...this.out]) await one.end();
  }
}

const rowOf = (id: string) => ({ _id: id, event: `e-${id}`, target: 'tap' }) as DeliveryDoc;

export const claimed = (id: string, until = START + LEASE_MS): Claimed => {
  const event = { _id: `e-${id}` } as EventDoc;
  return { id, token: 'token', until, row: rowOf(id), event };
};

export const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_u, i) => `d${from + i}`);

type Values = AdmissionParts['values'];

const nothing = () => Promise.resolve(undefined);

/** No other replica, and no Redis: everything is let through that the lane itself does not hold. */
const AWAY = { read: nothing, swap: nothing, reserve: nothing };

/** What replicas share, in memory. */
export function shared(): Values {
  const values = new Map<string, string>();
  return {
    ...AWAY,
    read: (key) => Promise.resolve(values.get(key) ?? ''),
    swap: (key, expected, value) => {
      const found = values.get(key) ?? '';
      if (found !== expected) return Promise.resolve({ done: false, value: found });
      values.set(key, value);
      return Promise.resolve({ done: true, value });
    },
  };
}

/** A lane and the world around it. `holder`: the process; `values`: what it shares with others. */
export function lane(
  options: Partial<TargetOptions> = {},
  values: Values = AWAY,
  holder = 'me',
): { lane: Lane; world: World } {
  const target: Target = {
    id: 'tap',
    plugin: { kind: 'target', name: 'hook' } as TargetPlugin,
    settings: {},
    options: { sockets: 2, ratePerSecond: null, test: false, orphanReversals: 'skip', ...options },
  };
  const world = new World();
  const admission = new Admission(target, {
    values,
    holder,
    settings: BREAKER,
    now: () => world.now(),
    random: () => 0.5,
    turned: () => undefined,
  });
  return { lane: new Lane(target, world, admission), world };
}
