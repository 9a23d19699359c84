import { warped, type WarpedTime } from './time-env.js';

/**
 * Loaded with `--import` before anything else: this process lives in the time that `DRILL_TIME` describes. Its clock is
 * warped and its timers end accordingly. Each SIGUSR2 moves the clock on by `DRILL_JUMP_MS`.
 */
let time = JSON.parse(process.env['DRILL_TIME'] ?? '{}') as WarpedTime;
const jumpMs = Number(process.env['DRILL_JUMP_MS'] ?? 0);

const RealDate = Date;
const now = (): number => warped(time, RealDate.now());

process.on('SIGUSR2', () => {
  time = { ...time, shiftMs: time.shiftMs + jumpMs };
});

/** `new Date()` and `Date.now()` tell the warped time; all else is as it was. */
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: readonly unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  get: (target, name): unknown => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});

type Timer = (
  work: (...args: unknown[]) => void,
  ms?: number,
  ...args: unknown[]
) => NodeJS.Timeout;

function sooner<T>(real: T): T {
  const started = real as unknown as Timer;
  const timer: Timer = (work, ms = 0, ...args) => started(work, ms / time.factor, ...args);
  return Object.assign(timer, real) as unknown as T;
}

if (time.factor !== 1) {
  globalThis.setTimeout = sooner(globalThis.setTimeout);
  globalThis.setInterval = sooner(globalThis.setInterval);
}
