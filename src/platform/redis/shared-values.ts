import { REDIS_LIMIT_MS, type RedisStore } from './redis-store.js';
import { within } from '../clock/within.js';

/** What became of a compare-and-set: whether it was done, and what stands there now ('' for nothing). */
export interface Swapped {
  readonly done: boolean;
  readonly value: string;
}

const SWAP = `
local found = redis.call('GET', KEYS[1]) or ''
if found ~= ARGV[1] then return {0, found} end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return {1, ARGV[2]}`;

const RESERVE = `
local now, step, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local first = tonumber(redis.call('GET', KEYS[1]) or '')
if not first or first < now or first > now + 60000 + 20 * count * step then first = now end
local behind = first + count * step
redis.call('SET', KEYS[1], string.format('%.3f', behind), 'PX', math.ceil(behind - now) + 60000)
return string.format('%.3f', first)`;

/**
 * Small values that all replicas share through Redis, one key each, so that they also work in a cluster. Every call ends
 * within 300 ms and never throws; undefined means: Redis is away, act without it.
 */
export class SharedValues {
  constructor(private readonly redis: RedisStore) {}

  /** The value of a key, '' when there is none. */
  read(key: string): Promise<string | undefined> {
    return this.ask(async (client) => (await client.get(key)) ?? '');
  }

  /** Writes `value`, kept for `keepMs`, if the key still holds `expected` ('' for nothing). */
  async swap(
    key: string,
    expected: string,
    value: string,
    keepMs: number,
  ): Promise<Swapped | undefined> {
    const kept = String(Math.ceil(keepMs));
    const answer = await this.ask((client) => client.eval(SWAP, 1, key, expected, value, kept));
    if (!Array.isArray(answer)) return undefined;
    const [done, found] = answer as unknown[];
    return { done: done === 1, value: typeof found === 'string' ? found : '' };
  }

  /**
   * Takes the next `count` places of a queue of moments that lie `stepMs` apart: the first of them, epoch ms, never
   * before `now`. Whoever asks next gets those behind. A value that makes no sense begins anew.
   */
  async reserve(
    key: string,
    now: number,
    stepMs: number,
    count: number,
  ): Promise<number | undefined> {
    const asked = [now, stepMs, count].map(String);
    const answer = await this.ask((client) => client.eval(RESERVE, 1, key, ...asked));
    const first = typeof answer === 'string' ? Number(answer) : Number.NaN;
    return Number.isFinite(first) ? first : undefined;
  }

  private async ask<T>(work: (client: RedisStore['client']) => Promise<T>): Promise<T | undefined> {
    if (!this.redis.ready) return undefined;
    const answer = work(this.redis.client).catch(() => undefined);
    return within(REDIS_LIMIT_MS, answer, () => undefined);
  }
}
