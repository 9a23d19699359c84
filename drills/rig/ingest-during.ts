import type { Sender, SendOrder } from './sender.js';

const CHUNK = 500;

/**
 * The network keeps telling, in chunks, until the harm is done and at least `wanted` tellings were accepted. Resolves
 * with what the harm came to.
 */
export async function ingestDuring<T>(
  sender: Sender,
  order: Omit<SendOrder, 'from' | 'count' | 'until'> & { readonly wanted: number },
  harm: () => Promise<T>,
): Promise<T> {
  const { wanted, ...how } = order;
  const chunk = Math.max(1, Math.min(CHUNK, how.perSecond ?? CHUNK));
  let harming = true;
  let from = 0;
  const sending = (async () => {
    while (harming || sender.acceptedCount < wanted) {
      await sender.run({ ...how, from, count: chunk });
      from += chunk;
    }
  })();
  try {
    return await Promise.race([harm(), sending.then(() => new Promise<never>(() => undefined))]);
  } finally {
    harming = false;
    await sending;
  }
}
