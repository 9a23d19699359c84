import { Body, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiProperty } from '../openapi/decorators.js';
import { IsString, MaxLength, MinLength } from 'class-validator';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Configuration } from '../../accounts/configuration.js';
import { OrderImport, type ImportVerdict } from '../../normalize/order-import.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { list, oneOf, ref, shape, text, whole } from '../openapi/shape.js';
import { QueryChoice } from '../paging/page-query.js';
import { notFound, ProblemError } from '../problems/problem.js';

const PATH = '/api/v1/imports/orders';
export const NDJSON = 'application/x-ndjson';
/** Some 50,000 orders; longer files come in several calls. */
const MAX_BODY = 8 * 1_048_576;
/** Lines that are looked up and committed together. */
const BATCH = 200;
/** More are counted only. */
const MAX_FAULTS = 1000;

export const IMPORT_SCHEMAS = {
  Imported: shape({
    recorded: whole('Orders that are in the ledger by this.'),
    repeats: whole('Orders that the ledger had already.'),
    faults: list(
      shape({
        line: whole('1 for the first.'),
        code: oneOf(['WB_IMPORT_LINE', 'WB_IMPORT_CONFLICT']),
        says: text('Everything that is wrong with the line.'),
      }),
    ),
    faultsInAll: whole(`Of these, the first ${MAX_FAULTS} are listed.`),
  }),
};

/** Parameters of `POST /api/v1/imports/orders`. */
export class ImportQuery {
  @ApiProperty({ description: 'Account id: in whose name later refunds will come.' })
  @MinLength(1, { message: 'must not be empty' })
  @MaxLength(512, { message: 'must not be longer than 512 characters' })
  @IsString({ message: 'must be given once, as a text' })
  account!: string;

  @QueryChoice(['true', 'false'], 'Check and count only; nothing is stored.')
  dryRun?: 'true' | 'false';
}

/** Takes the bytes of an import as they are. No other call reads this content type. */
export function readsImports(instance: FastifyInstance): void {
  instance.addContentTypeParser(
    NDJSON,
    { parseAs: 'buffer', bodyLimit: MAX_BODY },
    (request, body, done) => {
      if (request.routeOptions.url === PATH) done(null, body);
      else done(Object.assign(new Error('unsupported'), { statusCode: 415 }));
    },
  );
}

/** Lines with their numbers; empty ones are left out. */
function linesOf(body: Buffer): readonly (readonly [number, Buffer])[] {
  const lines: (readonly [number, Buffer])[] = [];
  for (let start = 0, number = 1; start < body.length; number += 1) {
    const found = body.indexOf(0x0a, start);
    const end = found < 0 ? body.length : found;
    const line = body.subarray(start, body[end - 1] === 0x0d && end > start ? end - 1 : end);
    if (line.length > 0) lines.push([number, line]);
    start = end + 1;
  }
  return lines;
}

@AdminController('imports')
export class ImportsController {
  constructor(
    @Inject(OrderImport) private readonly imports: OrderImport,
    @Inject(Configuration) private readonly configuration: Configuration,
    @Inject(Deeds) private readonly deeds: Deeds,
  ) {}

  @Post('orders')
  @HttpCode(200)
  @Needs('config')
  @ApiOperation({
    summary: 'Orders of a prior platform: kept, delivered nowhere, found by later refunds',
    operationId: 'importOrders',
  })
  @ApiBody({ description: 'NDJSON, one order a line, 8 MiB at most.', schema: { type: 'string' } })
  @ApiOkResponse({ description: 'What became of the lines.', schema: ref('Imported') })
  @ApiProblem(404, 'There is no such account.')
  @ApiProblem(413, 'More than 8 MiB: send it in several calls.')
  @ApiProblem(415, `The content type is not ${NDJSON}.`)
  async orders(
    @Query() { account: id, dryRun }: ImportQuery,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const account = this.configuration.account(id);
    if (!account) throw notFound('account');
    if (!Buffer.isBuffer(body))
      throw new ProblemError('WB_MEDIA_TYPE', `send lines of JSON as ${NDJSON}`);
    const dry = dryRun === 'true';
    const lines = linesOf(body);
    const counts = { recorded: 0, repeats: 0, faultsInAll: 0 };
    const faults: object[] = [];
    const seen = new Map<string, string>();
    for (let i = 0; i < lines.length; i += BATCH) {
      const some = lines.slice(i, i + BATCH);
      const bytes = some.map(([, line]) => line);
      const verdicts = await this.imports.take(account, bytes, seen, dry);
      for (const [n, verdict] of verdicts.entries())
        count(verdict, some[n]?.[0] ?? 0, counts, faults);
    }
    const { recorded, repeats, faultsInAll } = counts;
    if (!dry)
      await this.deeds.done(request, 'import-orders', {
        ...{ account: id, recorded, repeats, faults: faultsInAll },
      });
    return { recorded, repeats, faults, faultsInAll };
  }
}

function count(
  verdict: ImportVerdict,
  line: number,
  counts: { recorded: number; repeats: number; faultsInAll: number },
  faults: object[],
): void {
  if (verdict.kind === 'fault') {
    counts.faultsInAll += 1;
    if (faults.length < MAX_FAULTS) faults.push({ line, code: verdict.code, says: verdict.says });
  } else if (verdict.kind === 'repeat') counts.repeats += 1;
  else counts.recorded += 1;
}
