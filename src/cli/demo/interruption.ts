/** The user pressed Ctrl-C, or somebody asked us to end. */
export class Interrupted extends Error {}

/** Throws `Interrupted` once a signal came. */
export function alive(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}

/** Resolves or rejects with `work`, or rejects at once when a signal comes. */
export function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Interrupted());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Resolves when a signal comes; keeps the process alive until then. */
export function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alarm = setInterval(() => undefined, 60_000);
    const stop = (): void => {
      clearInterval(alarm);
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
