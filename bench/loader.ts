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

const isGood = (status: number): boolean => status >= 200 && status < 300;

/** Resolves when `count` answers are in. Rejects after `limitMs`, and when the server drops a connection. */
function countdown(
  count: number,
  limitMs: number,
): { readonly all: Promise<void>; readonly one: (status: number) => void } {
  let left = count;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`${left} of ${count} answers missing after ${limitMs} ms`)),
    limitMs,
  );
  const one = (status: number): void => {
    if (status === 0) reject(new Error('the server closed a connection'));
    left -= 1;
    if (left === 0) resolve();
  };
  return { all: promise.finally(() => clearTimeout(timer)), one };
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

/**
 * Request i leaves at i / `perSecond`, whether the server keeps up or not. When every connection is busy the request
 * waits here, and its wait counts.
 */
export async function openLoop(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  perSecond: number,
  limitMs: number,
): Promise<Timings> {
  const timings = fresh(requests.length);
  const { all, one } = countdown(requests.length, limitMs);
  const idle = [...connections];
  const begin = performance.now() + 5;
  let next = 0;
  for (let i = 0; i < requests.length; i += 1) timings.sent[i] = begin + (i * 1000) / perSecond;
  const go = (): void => {
    const now = performance.now();
    for (;;) {
      const i = next;
      const request = requests[i];
      if (request === undefined || (timings.sent[i] ?? 0) > now) return;
      const connection = idle.pop();
      if (!connection) return;
      next += 1;
      connection.send(request, (status) => {
        if (isGood(status)) timings.acked[i] = performance.now();
        idle.push(connection);
        one(status);
      });
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
