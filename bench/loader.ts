import type { Connection } from './connection.js';

/** Times of one batch on the clock of `performance.now()`, by place in the batch. */
export interface Timings {
  /** When it was sent; in an open loop, when it should have been. */
  readonly sent: Float64Array;
  /** When the 2xx was there; NaN when there was none. */
  readonly acked: Float64Array;
}

const fresh = (count: number): Timings => ({
  sent: new Float64Array(count).fill(Number.NaN),
  acked: new Float64Array(count).fill(Number.NaN),
});

/** A click's answer is a redirect. */
const isGood = (status: number): boolean => (status >= 200 && status < 300) || status === 302;

interface Countdown {
  readonly all: Promise<void>;
  readonly one: (status: number) => void;
  /** No more answers will come. */
  readonly end: () => void;
}

/** Resolves when `count` answers are in. Rejects after `limitMs`, and on a broken connection unless `forgiving`. */
function countdown(count: number, limitMs: number, forgiving = false): Countdown {
  let left = count;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`${left} of ${count} answers missing after ${limitMs} ms`)),
    limitMs,
  );
  const one = (status: number): void => {
    if (status === 0 && !forgiving) reject(new Error('the server closed a connection'));
    left -= 1;
    if (left === 0) resolve();
  };
  return { all: promise.finally(() => clearTimeout(timer)), one, end: resolve };
}

/** Every connection sends the next request as soon as its last one is answered. */
export async function closedLoop(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  limitMs: number,
): Promise<Timings> {
  const timings = fresh(requests.length);
  const { all, one } = countdown(requests.length, limitMs);
  let next = 0;
  const go = (connection: Connection): void => {
    const i = next;
    const request = requests[i];
    if (request === undefined) return;
    next += 1;
    timings.sent[i] = performance.now();
    connection.send(request, (status) => {
      if (isGood(status)) timings.acked[i] = performance.now();
      one(status);
      if (status !== 0) go(connection);
    });
  };
  for (const connection of connections) go(connection);
  await all;
  return timings;
}

/** One batch at a fixed rate. */
export interface FixedRate {
  readonly perSecond: number;
  readonly limitMs: number;
  /** The server may die: what it did not answer has no time, and the load ends with the last connection. */
  readonly forgiving?: boolean;
}

/**
 * Request i leaves at i / `perSecond`, whether the server keeps up or not. When every connection is busy the request
 * waits here, and its wait counts.
 */
export async function openLoop(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  { perSecond, limitMs, forgiving = false }: FixedRate,
): Promise<Timings> {
  const timings = fresh(requests.length);
  const { all, one, end } = countdown(requests.length, limitMs, forgiving);
  const idle = [...connections];
  const begin = performance.now() + 5;
  let next = 0;
  let alive = connections.length;
  for (let i = 0; i < requests.length; i += 1) timings.sent[i] = begin + (i * 1000) / perSecond;
  const answered = (i: number, connection: Connection) => (status: number) => {
    if (isGood(status)) timings.acked[i] = performance.now();
    if (status !== 0) idle.push(connection);
    else alive -= 1;
    one(status);
    if (alive === 0) end();
  };
  const go = (): void => {
    const now = performance.now();
    for (;;) {
      const request = requests[next];
      if (request === undefined || (timings.sent[next] ?? 0) > now) return;
      // The one that rests longest: a connection that nobody needs for a minute is closed by the server.
      const connection = idle.shift();
      if (!connection) return;
      connection.send(request, answered(next, connection));
      next += 1;
    }
  };
  const timer = setInterval(go, 1);
  try {
    await all;
  } finally {
    clearInterval(timer);
  }
  return timings;
}
