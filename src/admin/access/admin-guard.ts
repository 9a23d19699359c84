import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/problem-filter.js';
import { AdminAccess } from './admin-access.js';
import { needsKey } from './admin-path.js';

/**
 * The lock that every request meets first: before its body is read, whatever its method, and also where no route
 * matches.
 */
export const accessHook =
  (access: AdminAccess) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!needsKey(request)) return undefined;
    const refusal = access.refusal(request.headers.authorization, request.ip);
    return refusal && sendProblem(request, reply, refusal);
  };

/** The second lock, on the controllers themselves: they stay closed even where nobody registered the hook. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(AdminAccess) private readonly access: AdminAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const refusal = this.access.refusal(request.headers.authorization, request.ip);
    if (refusal) throw refusal;
    return true;
  }
}
