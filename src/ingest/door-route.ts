import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LARGEST_BODY } from './admission.js';
import { refusals, type Answer } from './answer.js';
import type { Door } from './door.js';

interface Params {
  source?: string;
  account?: string;
  token?: string;
}

/** Where calls come in, and whose they are where the path does not say. */
const PLACES: readonly { readonly url: string; readonly source?: string }[] = [
  { url: '/in/:source/:account' },
  { url: '/in/:source/:account/:token' },
  { url: '/track', source: 'track' },
  { url: '/track/:account', source: 'track' },
  { url: '/postback', source: 'postback-in' },
  { url: '/postback/:account', source: 'postback-in' },
  { url: '/postback/:account/:token', source: 'postback-in' },
];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const NO_BODY = Buffer.alloc(0);

const send = (reply: FastifyReply, answer: Answer): FastifyReply =>
  reply
    .code(answer.status)
    .headers({ 'cache-control': 'no-store', ...answer.headers })
    .send(answer.body);

/** Errors of the HTTP layer itself, in the door's own words. */
function layerAnswer(error: { statusCode?: number }): Answer {
  if (error.statusCode === 413) return refusals.tooLarge();
  if (error.statusCode === 415) return refusals.media();
  return error.statusCode !== undefined && error.statusCode < 500
    ? refusals.malformed()
    : refusals.busy('WB_IN_ERROR');
}

function queryOf(url: string): string {
  const cut = url.indexOf('?');
  return cut < 0 ? '' : url.slice(cut + 1);
}

function afterEach(scope: FastifyInstance, answered: () => void): void {
  scope.addHook('onResponse', (_request, _reply, done) => {
    answered();
    done();
  });
}

/** `own`: the source whose address this is. */
async function handle(
  door: Door,
  request: FastifyRequest,
  reply: FastifyReply,
  own?: string,
): Promise<FastifyReply> {
  const params = request.params as Params;
  const source = own ?? params.source ?? '';
  const { account = door.onlyAccount(source), token = '' } = params;
  const answer = await door.handle({
    source,
    account,
    token,
    method: request.method,
    query: queryOf(request.raw.url ?? ''),
    headers: request.headers as Readonly<Record<string, string | undefined>>,
    body: Buffer.isBuffer(request.body) ? request.body : NO_BODY,
    caller: request.ip,
  });
  return send(reply, answer);
}

/**
 * `/in`, `/track` and `/postback` as a plain Fastify scope inside the Nest application: raw bytes for every content type, no pipe, guard or
 * interceptor, and no log line that could hold a path token. `answered`: called when an answer is on the wire.
 */
export function doorRoute(
  door: Door,
  answered?: () => void,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    if (answered) afterEach(scope, answered);
    scope.setErrorHandler((error, _request, reply) =>
      send(reply, layerAnswer(error as { statusCode?: number })),
    );
    for (const { url, source } of PLACES) {
      scope.route({
        method: [...METHODS],
        url,
        handler: (request, reply) => handle(door, request, reply, source),
        bodyLimit: LARGEST_BODY,
        exposeHeadRoute: false,
        logLevel: 'silent',
      });
    }
  };
}
