import { Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CanonicalEvent } from '../../contract/index.js';
import { toEvent } from '../../ledger/documents.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { DeliveryViews } from '../deliveries/delivery-views.js';
import { ref } from '../openapi/shape.js';
import type { Page } from '../paging/cursor.js';
import { notFound } from '../problems/problem.js';
import { EventQuery } from './event-query.js';
import { EventReads } from './event-reads.js';
import { PayoutReads } from '../payout/payout-reads.js';
import { eventDetail, withoutPayouts } from './event-view.js';

@AdminController('events')
export class EventsController {
  constructor(
    @Inject(EventReads) private readonly reads: EventReads,
    @Inject(DeliveryViews) private readonly views: DeliveryViews,
    @Inject(PayoutReads) private readonly payouts: PayoutReads,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Events, newest first', operationId: 'listEvents' })
  @ApiOkResponse({ description: 'A page of events.', schema: ref('EventPage') })
  async list(
    @Query() query: EventQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<CanonicalEvent>> {
    const { docs, nextCursor } = await this.reads.list(query);
    const items = docs.map(toEvent);
    const paid = items.filter(({ payout }) => payout !== null).map(({ id }) => id);
    return this.payouts.answer(
      request,
      reply,
      { items, nextCursor },
      {
        holds: paid.length > 0,
        hide: () => ({ items: items.map((event) => ({ ...event, payout: null })), nextCursor }),
        what: { call: 'listEvents', events: paid },
      },
    );
  }

  @Get(':id')
  @Needs('read')
  @ApiOperation({
    summary: 'One event with its order, receipts and deliveries',
    operationId: 'getEvent',
  })
  @ApiOkResponse({ description: 'The event.', schema: ref('EventDetail') })
  @ApiProblem(404, 'There is no such event.')
  async one(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const event = await this.reads.byId(id);
    if (!event) throw notFound('event');
    const order = await this.reads.orderOf(event);
    const [rows, receipts] = await Promise.all([
      this.reads.rowsOf(order),
      this.reads.receiptsOf(event),
    ]);
    const full = eventDetail(event, order, rows, receipts, (row) => this.views.line(row));
    return this.payouts.answer(request, reply, full, {
      holds: [event, ...order].some(({ payout }) => payout !== null),
      hide: () => withoutPayouts(full),
      what: { call: 'getEvent', events: [...new Set([event, ...order].map(({ _id }) => _id))] },
    });
  }
}
