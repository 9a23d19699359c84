import { Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiPropertyOptional,
} from '../openapi/decorators.js';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toEvent } from '../../ledger/documents.js';
import { LedgerStore } from '../../ledger/store.js';
import { AdminAccess } from '../access/admin-access.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { may } from '../access/caller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { DeliveryViews } from '../deliveries/delivery-views.js';
import { QueryText } from '../paging/page-query.js';
import { HIDDEN_HEADER } from '../payout/payout-reads.js';
import { ProblemError } from '../problems/problem.js';
import { receiptLine } from '../receipts/receipt-view.js';
import { OpenStreams } from '../streams/open-streams.js';
import { FactFeed, TAIL_KINDS, type Fact, type TailKind } from './fact-feed.js';
import { TailStream } from './tail-stream.js';

const EVERY_MS = 500;
const HEARTBEAT_MS = 15_000;
/** Who was away for longer begins here (milliseconds back). */
const LONGEST_BREAK_MS = 3_600_000;

const word = `(?:${TAIL_KINDS.join('|')})`;
const KINDS = new RegExp(`^${word}(?:,${word})*$`);

/** Parameters of `GET /api/v1/tail`. */
export class TailQuery {
  @ApiPropertyOptional({
    description: `Of ${TAIL_KINDS.join(', ')}, with commas between them; all, unless given.`,
    type: String,
    example: 'events,deliveries',
  })
  @IsOptional()
  @Matches(KINDS, { message: `must be a list of ${TAIL_KINDS.join(', ')}` })
  kinds?: string;

  @QueryText('Account id.')
  account?: string;

  @QueryText('Target id: deliveries to it, and events that were planned for it.')
  target?: string;
}

/** A receipt has no target. */
function kindsOf({ kinds, target }: TailQuery): readonly TailKind[] {
  const asked =
    kinds === undefined ? TAIL_KINDS : TAIL_KINDS.filter((one) => kinds.split(',').includes(one));
  const left = target === undefined ? asked : asked.filter((kind) => kind !== 'receipts');
  if (left.length > 0) return left;
  const rule = 'receipts have no target';
  throw new ProblemError('WB_QUERY_INVALID', rule, [{ field: 'target', rule }]);
}

/** The `id` of the last event that the reader has seen, epoch ms. */
function placeOf(lastId: string | undefined): number | undefined {
  if (lastId === undefined || lastId === '') return undefined;
  if (/^\d{13}$/.test(lastId)) return Number(lastId);
  const rule = 'must be the id of an earlier event';
  throw new ProblemError('WB_QUERY_INVALID', `Last-Event-ID ${rule}`, [
    { field: 'Last-Event-ID', rule },
  ]);
}

@AdminController('tail')
@ApiProblem(429, 'Too many wrong keys from this address, or enough tails are open.')
export class TailController {
  constructor(
    @Inject(LedgerStore) private readonly store: LedgerStore,
    @Inject(DeliveryViews) private readonly views: DeliveryViews,
    @Inject(AdminAccess) private readonly access: AdminAccess,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(Deeds) private readonly deeds: Deeds,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'What comes in and goes out, as it happens on all replicas (server-sent events)',
    operationId: 'tail',
  })
  @ApiHeader({
    name: 'last-event-id',
    required: false,
    description: 'The id of the last event that you have seen: goes on from there.',
  })
  @ApiOkResponse({
    description: 'Events receipt, event and delivery; their data as in the lists.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  async tail(
    @Query() query: TailQuery,
    @Headers('last-event-id') lastId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const kinds = kindsOf(query);
    const last = placeOf(lastId);
    this.streams.demandRoom('tail');
    const paid = may(request, 'payout:read');
    const { account, target } = query;
    if (paid && kinds.includes('events'))
      await this.deeds.done(request, 'read-payout', { call: 'tail', account, target });
    else void reply.header(HIDDEN_HEADER, 'hidden');
    const now = (): number => this.store.mongo.clock.now();
    const from = Math.max(Math.min(last ?? now(), now()), now() - LONGEST_BREAK_MS);
    const feed = new FactFeed(this.store, kinds, { account, target }, from);
    if (last === undefined) await feed.skip();
    const stream = new TailStream({
      ...{ feed, now, everyMs: EVERY_MS, heartbeatMs: HEARTBEAT_MS },
      view: (fact) => this.view(fact, paid),
      allowed: () => this.allowed(request),
    });
    this.streams.add('tail', stream, reply, () => stream.finish());
    await reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('x-accel-buffering', 'no')
      .send(stream);
  }

  private view(fact: Fact, paid: boolean): object {
    if (fact.kind === 'receipts') return receiptLine(fact.doc);
    if (fact.kind === 'deliveries') return this.views.line(fact.doc);
    const event = toEvent(fact.doc);
    return paid ? event : { ...event, payout: null };
  }

  /** A key that was revoked meanwhile must not go on reading. */
  private async allowed(request: FastifyRequest): Promise<boolean> {
    const found = await this.access.identify(request.headers.authorization, request.ip);
    return !(found instanceof ProblemError);
  }
}
