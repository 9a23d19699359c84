import { Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Reprocessor, type Reprocessed } from '../../normalize/reprocess.js';
import type { ReceiptDoc } from '../../ledger/documents.js';
import { Registry } from '../../registry/registry.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { Masking } from '../masking.js';
import { ref } from '../openapi/shape.js';
import { problemFrom } from '../problems/problem-from.js';
import { notFound, ProblemError } from '../problems/problem.js';
import { PayoutReads } from '../payout/payout-reads.js';
import { ReceiptQuery } from './receipt-query.js';
import { ReceiptReads } from './receipt-reads.js';
import { receiptDetail, receiptLine } from './receipt-view.js';

@AdminController('receipts')
export class ReceiptsController {
  constructor(
    @Inject(ReceiptReads) private readonly reads: ReceiptReads,
    @Inject(Registry) private readonly registry: Registry,
    @Inject(Masking) private readonly masking: Masking,
    @Inject(Reprocessor) private readonly reprocessor: Reprocessor,
    @Inject(Deeds) private readonly deeds: Deeds,
    @Inject(PayoutReads) private readonly payouts: PayoutReads,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Receipts, newest first', operationId: 'listReceipts' })
  @ApiOkResponse({ description: 'A page of receipts.', schema: ref('ReceiptPage') })
  async list(@Query() query: ReceiptQuery) {
    const { docs, nextCursor } = await this.reads.list(query);
    return { items: docs.map(receiptLine), nextCursor };
  }

  @Get(':id')
  @Needs('read')
  @ApiOperation({ summary: 'One receipt with headers and body', operationId: 'getReceipt' })
  @ApiOkResponse({ description: 'The receipt.', schema: ref('ReceiptDetail') })
  @ApiProblem(404, 'There is no such receipt.')
  async one(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const doc = await this.found(id);
    const drafts = await this.reads.drafts(id);
    const full = receiptDetail(doc, drafts, this.registry.source(doc.source), this.masking);
    return this.payouts.answer(request, reply, full, {
      // What a network writes may hold commissions under any name.
      holds: true,
      hide: () => ({ ...full, query: '', body: null, payload: null }),
      what: { call: 'getReceipt', receipt: id },
    });
  }

  @Post(':id/replay')
  @HttpCode(202)
  @Needs('replay')
  @ApiOperation({
    summary: 'Read a parked receipt again, after its plugin or settings were corrected',
    operationId: 'replayReceipt',
  })
  @ApiAcceptedResponse({ description: 'It is understood now.', schema: ref('Reprocessed') })
  @ApiProblem(404, 'There is no such receipt.')
  @ApiProblem(409, 'The receipt is not parked.')
  @ApiProblem(422, 'The receipt is still not understood, and stays parked.')
  async replay(@Param('id') id: string, @Req() request: FastifyRequest) {
    const doc = await this.found(id);
    if (doc.state !== 'parked')
      throw new ProblemError('WB_RECEIPT_NOT_PARKED', `the receipt is ${doc.state}`);
    const done = await this.reprocess(doc);
    if (!done.ok)
      throw new ProblemError('WB_RECEIPT_NOT_UNDERSTOOD', this.masking.text(done.reason));
    const { state, recorded } = done.result;
    await this.deeds.done(request, 'replay-receipt', { receipt: id, state });
    return { id, state, eventIds: recorded };
  }

  private async found(id: string): Promise<ReceiptDoc> {
    const doc = await this.reads.byId(id);
    if (!doc) throw notFound('receipt');
    return doc;
  }

  /** A plugin that cannot even open what it once verified is a reason to stay parked, not an error of ours. */
  private async reprocess(doc: ReceiptDoc): Promise<Reprocessed> {
    try {
      return await this.reprocessor.reprocess(doc);
    } catch (error) {
      if (problemFrom(error).code !== 'WB_INTERNAL') throw error;
      return { ok: false, reason: 'the plugin could not open the stored notification' };
    }
  }
}
