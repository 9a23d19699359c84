import type { Claimed } from './claims.js';

/** What a lane asks of the world around it. */
export interface LaneWork {
  now(): number;
  /** Claims up to all of the ids; `ahead` means before a socket is free. */
  claim(ids: readonly string[], wake: number, ahead: boolean): Promise<Claimed[]>;
  load(claims: readonly Claimed[]): Promise<void>;
  /** `at`: when they are due again, epoch ms; at once unless given. */
  giveBack(claims: readonly Claimed[], at?: number): Promise<void>;
  /** One attempt; resolves when the socket is free. `released` is called once the row is settled and may be offered again. */
  send(claim: Claimed, released: () => void): Promise<void>;
  /** Ids that were offered with `wake` and do not fit: they are due again at once. */
  overflow(ids: readonly string[], wake: number): Promise<void>;
  /** Half empty while MongoDB may hold more. */
  hungry(target: string): void;
  failed(error: unknown): void;
}
