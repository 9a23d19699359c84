/**
 * What `work` gives, or what `late` says once `ms` milliseconds are over without it; `late` may throw. Late work is not
 * ended: it goes on, unheard, and an error that it ends in is nobody's unhandled rejection.
 */
export async function within<T, L>(
  ms: number,
  work: Promise<T>,
  late: () => L,
): Promise<T | Awaited<L>> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    return await Promise.race([work, over.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
