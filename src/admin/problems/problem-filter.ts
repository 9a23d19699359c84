import { Catch, Inject, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../platform/log/log.js';
import { LOG } from '../../platform/tokens.js';
import { isUnderApi, pathOf } from '../access/admin-path.js';
import { problemFrom } from './problem-from.js';
import type { ProblemError } from './problem.js';

const RETRY_AFTER: Readonly<Record<number, string>> = { 429: '30', 503: '2' };

/** Answers with a problem document (RFC 9457) and the headers that its status asks for. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: ProblemError,
): FastifyReply {
  const { status } = problem;
  const retryAfter = RETRY_AFTER[status];
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="waybill"');
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.toProblem(pathOf(request))));
}

/** Every error under `/api`, the framework's own included. Other addresses keep Nest's answers. */
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  @Inject(LOG) private readonly log!: Log;

  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (!isUnderApi(request)) {
      super.catch(error, host);
      return;
    }
    const problem = problemFrom(error);
    if (problem.status >= 500) {
      const err = error instanceof Error ? error.message : 'unknown';
      this.log.error({ code: problem.code, path: pathOf(request), err }, 'the admin API failed');
    }
    void sendProblem(request, http.getResponse<FastifyReply>(), problem);
  }
}
