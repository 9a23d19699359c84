import { createHash } from 'node:crypto';
import type { Route } from './model.js';

/** What a route says, apart from settings. */
export type Filters = Omit<Route, 'id' | 'settingsFor' | 'specificity'>;

/**
 * How narrow a route is. An offer outweighs an affiliate, that one a named account, that one a list of event types,
 * so of a global and an offer's own postback the offer's own supplies the settings.
 */
export const specificityOf = ({ from, events, offers, affiliates }: Filters): number =>
  (offers ? 8 : 0) + (affiliates ? 4 : 0) + (from === '*' ? 0 : 2) + (events ? 1 : 0);

const sorted = (list: readonly string[] | '*' | null): unknown =>
  list === null || list === '*' ? list : list.toSorted();

/** Made from what the route says, not from its place, so that adding a route above renames none. */
export function derivedId(filters: Filters): string {
  const { from, to, events, test, offers, affiliates } = filters;
  const content = JSON.stringify([
    sorted(from),
    sorted(to),
    sorted(events),
    test,
    sorted(offers),
    sorted(affiliates),
  ]);
  return `r-${createHash('sha256').update(content).digest('hex').slice(0, 10)}`;
}
