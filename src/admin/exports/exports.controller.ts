import { applyDecorators, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toEvent, type EventDoc } from '../../ledger/documents.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { may } from '../access/caller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { DeliveryViews } from '../deliveries/delivery-views.js';
import { HIDDEN_HEADER } from '../payout/payout-reads.js';
import { receiptLine } from '../receipts/receipt-view.js';
import { OpenStreams } from '../streams/open-streams.js';
import { DELIVERY_COLUMNS, EVENT_COLUMNS, PAYOUT_COLUMNS, RECEIPT_COLUMNS } from './columns.js';
import { ExportReads } from './export-reads.js';
import { DeliveryExportQuery, EventExportQuery, ReceiptExportQuery } from './export-query.js';
import { CONTENT_TYPES, exportStream, type Shape } from './export-stream.js';

const Export = (what: string, operationId: string): MethodDecorator =>
  applyDecorators(
    Needs('read'),
    ApiOperation({
      summary: `All ${what} that a filter finds, oldest first, as a stream`,
      operationId,
    }),
    ApiOkResponse({
      description: 'One row a line; docs/api.md names the columns.',
      content: {
        'application/x-ndjson': { schema: { type: 'string' } },
        'text/csv': { schema: { type: 'string' } },
      },
    }),
  );

const withoutPayout = (doc: EventDoc) => {
  const { payout: _payout, ...event } = toEvent(doc);
  return { ...event, payout: null };
};

@AdminController('exports')
@ApiProblem(429, 'Too many wrong keys from this address, or enough exports are running.')
export class ExportsController {
  constructor(
    @Inject(ExportReads) private readonly reads: ExportReads,
    @Inject(DeliveryViews) private readonly views: DeliveryViews,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(Deeds) private readonly deeds: Deeds,
  ) {}

  @Get('events')
  @Export('events', 'exportEvents')
  async events(
    @Query() query: EventExportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { format, ...filter } = query;
    this.streams.demandRoom('export');
    const paid = may(request, 'payout:read');
    if (paid) await this.deeds.done(request, 'read-payout', { call: 'exportEvents', filter });
    else void reply.header(HIDDEN_HEADER, 'hidden');
    const columns = paid ? { ...EVENT_COLUMNS, ...PAYOUT_COLUMNS } : EVENT_COLUMNS;
    const view = paid ? toEvent : withoutPayout;
    const cursor = await this.reads.events(query);
    await this.send(reply, 'events', cursor, { format, columns, view });
  }

  @Get('deliveries')
  @Export('deliveries', 'exportDeliveries')
  async deliveries(@Query() query: DeliveryExportQuery, @Res() reply: FastifyReply): Promise<void> {
    const { format } = query;
    this.streams.demandRoom('export');
    await this.send(reply, 'deliveries', await this.reads.deliveries(query), {
      ...{ format, columns: DELIVERY_COLUMNS },
      view: (row) => this.views.line(row),
    });
  }

  @Get('receipts')
  @Export('receipts', 'exportReceipts')
  async receipts(@Query() query: ReceiptExportQuery, @Res() reply: FastifyReply): Promise<void> {
    const { format } = query;
    this.streams.demandRoom('export');
    const shape = { format, columns: RECEIPT_COLUMNS, view: receiptLine };
    await this.send(reply, 'receipts', this.reads.receipts(query), shape);
  }

  private async send<D, T extends object>(
    reply: FastifyReply,
    name: string,
    cursor: Parameters<typeof exportStream<D, T>>[0],
    shape: Shape<D, T>,
  ): Promise<void> {
    const stream = await exportStream(cursor, shape);
    // Broken off, so that nobody takes half of it for the whole.
    const stop = (): void => void stream.destroy(new Error('the process is about to end'));
    this.streams.add('export', stream, reply, stop);
    await reply
      .header('content-type', CONTENT_TYPES[shape.format])
      .header('content-disposition', `attachment; filename="waybill-${name}.${shape.format}"`)
      .send(stream);
  }
}
