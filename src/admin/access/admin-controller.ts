import {
  applyDecorators,
  Controller,
  UseGuards,
  UsePipes,
  ValidationPipe,
  type ValidationError,
} from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '../openapi/decorators.js';
import { ProblemError, type Fault } from '../problems/problem.js';
import { ref } from '../openapi/shape.js';
import { AdminGuard } from './admin-guard.js';

/** Members inside a member are named with their way: `filter.from`. */
function faultsOf(error: ValidationError, within = ''): Fault[] {
  const { whitelistValidation, ...rules } = error.constraints ?? {};
  const field = `${within}${error.property}`.slice(0, 100);
  if (whitelistValidation !== undefined)
    return [{ field, rule: 'is not a parameter of this call' }];
  if (error.children && error.children.length > 0)
    return error.children.flatMap((inner) => faultsOf(inner, `${field}.`));
  const rule = Object.values(rules)[0] ?? 'is not valid';
  return [{ field, rule: rule.replace(`${error.property} `, '') }];
}

function toProblem(errors: ValidationError[]): ProblemError {
  const faults = errors.flatMap((error) => faultsOf(error));
  const detail = faults.map(({ field, rule }) => `${field} ${rule}`).join('; ');
  return new ProblemError('WB_QUERY_INVALID', detail.slice(0, 1000), faults);
}

/** Declared parameters only, each checked: an operator such as `account[$ne]` is an unknown name, never a query. */
const pipe = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  exceptionFactory: toProblem,
});

const problem = (status: number, description: string) =>
  ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: ref('Problem') } },
  });

/** A controller of the admin API under `/api/v1/<path>`: locked, checked, described. */
export const AdminController = (path: string): ClassDecorator =>
  applyDecorators(
    Controller(`api/v1/${path}`),
    UseGuards(AdminGuard),
    UsePipes(pipe),
    ApiTags(path),
    ApiBearerAuth('adminKey'),
    problem(400, 'A parameter is not valid: `faults` names field and rule.'),
    problem(401, 'The key is missing, wrong, expired or revoked.'),
    problem(429, 'Too many wrong keys from this address.'),
    problem(500, 'An error of the gateway itself.'),
    problem(503, 'MongoDB cannot be reached, or the question takes too long.'),
  );

export { problem as ApiProblem };
