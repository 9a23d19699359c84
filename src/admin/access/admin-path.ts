import type { FastifyRequest } from 'fastify';

/** Where everything lives that needs the key. */
export const ADMIN_PREFIX = '/api/v1';

/** The request's path without its query: fit for an answer and for a log. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

/** The pattern of the route that matched, or, when none did, what was asked for. */
const matched = (request: FastifyRequest): string =>
  (request.routeOptions.url ?? pathOf(request)).toLowerCase();

export const isUnderApi = (request: FastifyRequest): boolean =>
  matched(request) === '/api' || matched(request).startsWith('/api/');

/**
 * Judged by the route that will run, not by the text of the path: whatever spelling the router accepts, the router has
 * accepted it already. Addresses without a route need the key too, so that nobody can probe for some.
 */
export const needsKey = (request: FastifyRequest): boolean =>
  matched(request).startsWith(ADMIN_PREFIX);
