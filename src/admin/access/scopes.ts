import 'reflect-metadata';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiResponse } from '../openapi/decorators.js';
import { ref } from '../openapi/shape.js';

/** What a key may do. Each stands alone: none holds another one. */
export const SCOPES = ['read', 'replay', 'config', 'secrets:write', 'payout:read'] as const;
export type Scope = (typeof SCOPES)[number];

export const SCOPE_METADATA = 'waybill:scope';

/** The scope that a call needs. A call that declares none answers nobody. */
export const Needs = (scope: Scope): MethodDecorator =>
  applyDecorators(
    SetMetadata(SCOPE_METADATA, scope),
    ApiExtension('x-scope', scope),
    ApiResponse({
      status: 403,
      description: `The key lacks the scope \`${scope}\`, or another one that this request needs.`,
      content: { 'application/problem+json': { schema: ref('Problem') } },
    }),
  );
