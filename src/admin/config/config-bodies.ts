import { ApiProperty, ApiPropertyOptional } from '../openapi/decorators.js';
import { IsISO8601, IsNumber, IsObject, IsOptional, Matches, Max, Min } from 'class-validator';
import { isRecord } from '../../contract/index.js';
import { ProblemError } from '../problems/problem.js';
import { VersionQuery } from '../paging/numbered-query.js';
import { QueryChoice } from '../paging/page-query.js';

const MAX_NESTING = 32;

const tooDeep = (value: unknown, nesting = 0): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (nesting > MAX_NESTING || Object.values(value).some((inner) => tooDeep(inner, nesting + 1)));

/** A body whose members are the plugins' own. Throws `WB_BODY_INVALID`. */
export function objectBody(body: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(body) && !tooDeep(body)) return body;
  throw new ProblemError('WB_BODY_INVALID', 'the body must be a JSON object, not nested too deep');
}

/** The number in `If-Match: "12"` or `?version=12`; undefined when there is neither. */
export function expectedVersion(
  ifMatch: string | undefined,
  { version }: VersionQuery,
): number | undefined {
  if (ifMatch === undefined) return version;
  const number = /^(?:W\/)?"?(\d{1,12})"?$/.exec(ifMatch.trim())?.[1];
  if (number !== undefined && (version === undefined || version === Number(number)))
    return Number(number);
  throw new ProblemError('WB_QUERY_INVALID', 'If-Match must hold one version number', [
    { field: 'If-Match', rule: 'must hold one version number, the same as the parameter version' },
  ]);
}

/** Parameters of `POST /api/v1/config/apply`. */
export class ApplyQuery extends VersionQuery {
  @QueryChoice(['true', 'false'], 'Check and compare only; nothing is stored.')
  dryRun?: string;

  @QueryChoice(['true', 'false'], 'The document is the whole: what it does not name is removed.')
  whole?: string;
}

/** Parameters of `POST /api/v1/config/versions/:version/revert`. */
export class RevertQuery extends VersionQuery {
  @QueryChoice(['true', 'false'], 'Check and compare only; nothing is stored.')
  dryRun?: string;
}

/** Body of `POST /api/v1/config/accounts/:id/credentials`. */
export class CredentialBody {
  @ApiProperty({
    description: "The source's own credentials.",
    type: 'object',
    additionalProperties: true,
    example: { signingSecret: 'whsec_…' },
  })
  @IsObject({ message: 'must be an object' })
  value!: Record<string, unknown>;

  @ApiPropertyOptional({
    description: 'Name on the receipts; made from the day unless given.',
    type: String,
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
    message: 'must be 1 to 64 letters, digits, - and _',
  })
  id?: string;

  @ApiPropertyOptional({
    description: 'Accepted from then on; at once, unless given.',
    type: String,
    format: 'date-time',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'must be an ISO 8601 time' })
  notBefore?: string;

  @ApiProperty({
    description: 'Hours for which the earlier credentials stay accepted.',
    minimum: 0,
    maximum: 8760,
    example: 72,
  })
  @Min(0, { message: 'must be 0 or more' })
  @Max(8760, { message: 'must be at most 8760' })
  @IsNumber({}, { message: 'must be a number' })
  overlapHours!: number;
}
