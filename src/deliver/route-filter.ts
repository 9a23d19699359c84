import type { Route } from '../accounts/model.js';
import type { EventDoc } from '../ledger/documents.js';

/** The finer filters of a route, evaluated when a delivery is built: they may need what only the event knows. */
export function routeRefuses(route: Route, event: Pick<EventDoc, 'attribution'>): boolean {
  const { offerId, affiliateId } = event.attribution;
  if (route.offers && (offerId === null || !route.offers.includes(offerId))) return true;
  return Boolean(
    route.affiliates && (affiliateId === null || !route.affiliates.includes(affiliateId)),
  );
}
