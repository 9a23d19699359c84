import type { Configuration } from '../../../accounts/configuration.js';
import type { Route, Target } from '../../../accounts/model.js';
import { routeRefuses } from '../../../deliver/route-filter.js';
import type { EventDoc } from '../../../ledger/documents.js';
import { allowsTest, type Planner } from '../../../route/planner.js';

/** Whether a route of today would lead an event to one of its targets, and why. */
export interface RouteWhy {
  readonly route: string;
  readonly target: string;
  readonly matched: boolean;
  /** For a person. */
  readonly why: string;
}

const listed = (names: readonly string[]): string => names.join(', ');

/** What of the route itself keeps the event away. */
function byRoute(route: Route, { source, type }: EventDoc): string | undefined {
  const { account } = source;
  if (route.from !== '*' && !route.from.includes(account))
    return `The route begins at ${listed(route.from)}, and the event came to ${account}.`;
  if (route.events !== null && !route.events.includes(type))
    return `The route takes ${listed(route.events)}, and this is a ${type}.`;
  return undefined;
}

/** What of the target keeps the event away. */
function byTarget(target: Target | undefined, id: string, event: EventDoc): string | undefined {
  if (!target) return `The target ${id} is not configured.`;
  if (!target.plugin.accepts.includes(event.type))
    return `The partner (${target.plugin.label}) takes no ${event.type}.`;
  if (target.options.test && !event.test)
    return 'The target is one for tests, and the event is live.';
  return undefined;
}

/** The finer filters: they are asked when a delivery is built. */
function byFilter(route: Route, event: EventDoc): string | undefined {
  if (!routeRefuses(route, event)) return undefined;
  const { offerId, affiliateId } = event.attribution;
  const offers = route.offers === null ? [] : [`the offers ${listed(route.offers)}`];
  const whose = route.affiliates === null ? [] : [`the affiliates ${listed(route.affiliates)}`];
  const has = `offer ${offerId ?? '(none)'}, affiliate ${affiliateId ?? '(none)'}`;
  return `The route is for ${[...offers, ...whose].join(' and ')} only, and the event has ${has}: its delivery is skipped as unmapped.`;
}

/** Every route of today's configuration with each of its targets: would this event go that way? */
export function whyRoutes(
  event: EventDoc,
  configuration: Configuration,
  planner: Planner,
  paused: (target: string) => boolean,
): readonly RouteWhy[] {
  const why = (route: Route, id: string): Omit<RouteWhy, 'route' | 'target'> => {
    const target = configuration.target(id);
    const against = byRoute(route, event) ?? byTarget(target, id, event);
    if (against !== undefined || !target) return { matched: false, why: against ?? '' };
    const chosen = planner.routeFor(event.source.account, event.type, id);
    if (chosen && chosen.id !== route.id)
      return {
        matched: false,
        why: `The route ${chosen.id} leads it to the same target, and says more exactly what it takes.`,
      };
    if (event.test && !allowsTest(target, route))
      return {
        matched: false,
        why: 'It is a test event and the target is live: its delivery is skipped as a test.',
      };
    const filtered = byFilter(route, event);
    if (filtered !== undefined) return { matched: false, why: filtered };
    const waits = paused(id) ? ' The target is paused: what goes there waits.' : '';
    return { matched: true, why: `Account, type and filters fit.${waits}` };
  };
  return configuration.routes.flatMap((route) =>
    route.to.map((target) => ({ route: route.id, target, ...why(route, target) })),
  );
}
