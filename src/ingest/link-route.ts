import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LinkAnswer, LinkCall, Redirect } from '../clicks/redirect.js';

/** One transparent point (GIF89a). */
const POINT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** A longer query is nobody's link. */
const QUERY_LIMIT = 8192;

const ALWAYS = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex' } as const;

const SAID: Readonly<Record<number, string>> = {
  404: 'There is no offer at this address.',
  410: 'This offer has ended.',
};

/** The query; of a longer one whole parameters. */
function queryOf(url: string): string {
  const cut = url.indexOf('?');
  const query = cut < 0 ? '' : url.slice(cut + 1);
  return query.length <= QUERY_LIMIT
    ? query
    : query.slice(0, Math.max(0, query.lastIndexOf('&', QUERY_LIMIT)));
}

const callOf = (request: FastifyRequest): LinkCall => ({
  offer: (request.params as { offer: string }).offer,
  query: queryOf(request.raw.url ?? ''),
  cookie: request.headers.cookie,
  silent: request.method === 'HEAD',
});

function send(reply: FastifyReply, answer: LinkAnswer, picture: boolean): FastifyReply {
  const { status, location, cookies } = answer;
  void reply.code(status).headers(ALWAYS);
  if (cookies.length > 0) void reply.header('set-cookie', [...cookies]);
  if (location !== undefined) void reply.header('location', location);
  if (status === 200 && picture) return reply.type('image/gif').send(POINT);
  return reply.type('text/plain; charset=utf-8').send(SAID[status] ?? '');
}

/** Tracking links `/c/<offer>` and impression pictures `/i/<offer>`: no log line, no pipe, no guard, any host name. */
export function linkRoute(redirect: Redirect): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    const common = { exposeHeadRoute: false, logLevel: 'silent' as const };
    scope.route({
      ...common,
      method: ['GET', 'HEAD'],
      url: '/c/:offer',
      handler: async (request, reply) => send(reply, await redirect.click(callOf(request)), false),
    });
    scope.route({
      ...common,
      method: ['GET', 'HEAD'],
      url: '/i/:offer',
      handler: async (request, reply) =>
        send(reply, await redirect.impression(callOf(request)), true),
    });
  };
}
