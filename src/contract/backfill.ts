/** What backfill jobs share: a stretch of time that is read page by page, and where the next one begins. */

const HOUR_MS = 3_600_000;

/** Milliseconds between two runs of a backfill. */
export const BACKFILL_EVERY = HOUR_MS;

/** How far back the first run looks: what most networks keep. */
export const BACKFILL_REACH = 30 * 24 * HOUR_MS;

/** Looked at again each time: records may become visible later than their time says. */
const OVERLAP = HOUR_MS;

/** Where a run stands. Times are epoch milliseconds. */
export interface Stretch {
  /** From which time on the network is asked. */
  readonly since: number;
  /** When the run began: the next one begins an hour before. Stays the same over its pages. */
  readonly began: number;
  /** What the last page named as its end, in the network's words; undefined before the first. */
  readonly page?: string;
}

/** The stretch that a cursor of this module stands for. `null`, or a cursor of somebody else's: the first run. */
export function stretchOf(cursor: string | null, now: number): Stretch {
  const [, since, began, page] = /^(\d{1,15}) (\d{1,15})(?: (.+))?$/s.exec(cursor ?? '') ?? [];
  if (since === undefined) return { since: now - BACKFILL_REACH, began: now };
  if (page === undefined) return { since: Number(since), began: now };
  return { since: Number(since), began: Number(began), page };
}

/** There is another page: the same stretch from there. */
export const nextPage = ({ since, began }: Stretch, page: string): string =>
  `${since} ${began} ${page}`;

/** The stretch is read to its end: the next run looks from an hour before this one began. */
export const nextStretch = ({ began }: Stretch): string => `${began - OVERLAP} 0`;
