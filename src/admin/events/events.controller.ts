import { Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { CanonicalEvent } from '../../contract/index.js';
import { toEvent } from '../../ledger/documents.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { DeliveryViews } from '../deliveries/delivery-views.js';
import { ref } from '../openapi/shape.js';
import type { Page } from '../paging/cursor.js';
import { notFound } from '../problems/problem.js';
import { EventQuery } from './event-query.js';
import { EventReads } from './event-reads.js';
import { eventDetail } from './event-view.js';

@AdminController('events')
export class EventsController {
  constructor(
    @Inject(EventReads) private readonly reads: EventReads,
    @Inject(DeliveryViews) private readonly views: DeliveryViews,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Events, newest first', operationId: 'listEvents' })
  @ApiOkResponse({ description: 'A page of events.', schema: ref('EventPage') })
  async list(@Query() query: EventQuery): Promise<Page<CanonicalEvent>> {
    const { docs, nextCursor } = await this.reads.list(query);
    return { items: docs.map(toEvent), nextCursor };
  }

  @Get(':id')
  @ApiOperation({
    summary: 'One event with its order, receipts and deliveries',
    operationId: 'getEvent',
  })
  @ApiOkResponse({ description: 'The event.', schema: ref('EventDetail') })
  @ApiProblem(404, 'There is no such event.')
  async one(@Param('id') id: string) {
    const event = await this.reads.byId(id);
    if (!event) throw notFound('event');
    const order = await this.reads.orderOf(event);
    const [rows, receipts] = await Promise.all([
      this.reads.rowsOf(order),
      this.reads.receiptsOf(event),
    ]);
    return eventDetail(event, order, rows, receipts, (row) => this.views.line(row));
  }
}
