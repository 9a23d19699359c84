import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem.js';
import type { Scope } from './scopes.js';

/** Whose key came with a request. */
export interface Caller {
  /** Of the key: `first` for the one from the environment or the data directory. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

const callers = new WeakMap<object, Caller>();

export const noteCaller = (request: FastifyRequest, caller: Caller): void => {
  callers.set(request, caller);
};

export const knownCaller = (request: FastifyRequest): Caller | undefined => callers.get(request);

/** Throws where the lock was not passed: nothing is done for nobody. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new ProblemError('WB_ADMIN_KEY_MISSING', 'the request carries no admin key');
  return caller;
}

export const may = (request: FastifyRequest, scope: Scope): boolean =>
  callerOf(request).scopes.includes(scope);

/** For needs that depend on what is asked for. */
export function demand(request: FastifyRequest, scope: Scope): void {
  if (!may(request, scope)) throw lacks(scope);
}

export const lacks = (scope: Scope): ProblemError =>
  new ProblemError('WB_ADMIN_SCOPE', `the key lacks the scope ${scope}`);
