import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemFrom } from '../problems/problem-from.js';
import { sendProblem } from '../problems/problem-filter.js';
import { ProblemError } from '../problems/problem.js';
import { AdminAccess } from './admin-access.js';
import { needsKey } from './admin-path.js';
import { knownCaller, lacks, noteCaller, type Caller } from './caller.js';
import { SCOPE_METADATA, type Scope } from './scopes.js';

async function enter(access: AdminAccess, request: FastifyRequest): Promise<Caller> {
  const known = knownCaller(request);
  if (known) return known;
  const found = await access.identify(request.headers.authorization, request.ip);
  if (found instanceof ProblemError) throw found;
  noteCaller(request, found);
  return found;
}

/**
 * The lock that every request meets first: before its body is read, whatever its method, and also where no route
 * matches.
 */
export const accessHook =
  (access: AdminAccess) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!needsKey(request)) return undefined;
    try {
      await enter(access, request);
      return undefined;
    } catch (error) {
      return sendProblem(request, reply, problemFrom(error));
    }
  };

/** The second lock, on the controllers themselves: who may use the API at all, and whether his key may do this. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(AdminAccess) private readonly access: AdminAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await enter(this.access, request);
    const scope = Reflect.getMetadata(SCOPE_METADATA, context.getHandler()) as Scope | undefined;
    // A call whose author forgot to say what it needs is closed, not open.
    if (scope === undefined)
      throw new ProblemError('WB_ADMIN_SCOPE', 'this call is open to no key');
    if (!caller.scopes.includes(scope)) throw lacks(scope);
    return true;
  }
}
