import { Body, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compact } from '../../contract/index.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { callerOf } from '../access/caller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { ref } from '../openapi/shape.js';
import { PageQuery } from '../paging/page-query.js';
import { idBelow } from '../paging/cursor.js';
import { notFound, ProblemError } from '../problems/problem.js';
import { DEFAULT_RATE, ReplayBody } from './replay-body.js';
import type { ReplayDoc } from './replay-doc.js';
import { ReplayRows } from './replay-rows.js';
import { ReplayRunner } from './replay-runner.js';
import { ReplayWork } from './replay-work.js';

const view = (doc: ReplayDoc) => ({
  ...{ id: doc._id, kind: doc.kind, filter: doc.filter, ratePerSecond: doc.ratePerSecond },
  ...{ state: doc.state, matched: doc.matched, done: doc.done, refused: doc.refused },
  ...{ reasons: doc.reasons, startedBy: doc.who, startedAt: doc.startedAt.toISOString() },
  endedAt: doc.endedAt?.toISOString() ?? null,
  reason: doc.reason ?? null,
});

/** Receipts have no target, no type, and one state. */
function checked({ kind, filter }: ReplayBody): ReplayDoc['filter'] {
  const strange = (['target', 'state', 'type'] as const).filter(
    (name) => kind === 'receipts' && filter[name] !== undefined,
  );
  const rule = 'is for deliveries only';
  if (strange.length > 0)
    throw new ProblemError(
      'WB_QUERY_INVALID',
      `${strange.join(', ')} ${rule}`,
      strange.map((name) => ({ field: `filter.${name}`, rule })),
    );
  const { target, account, state, reason, type, from, to } = filter;
  return compact({ target, account, state, reason, type, from, to });
}

@AdminController('replays')
export class ReplaysController {
  constructor(
    @Inject(ReplayRows) private readonly rows: ReplayRows,
    @Inject(ReplayWork) private readonly work: ReplayWork,
    @Inject(ReplayRunner) private readonly runner: ReplayRunner,
    @Inject(Deeds) private readonly deeds: Deeds,
  ) {}

  @Post()
  @HttpCode(202)
  @Needs('replay')
  @ApiOperation({
    summary: 'Replay everything that a filter finds, no faster than asked for',
    operationId: 'startReplay',
  })
  @ApiAcceptedResponse({ description: 'It runs.', schema: ref('ReplayStarted') })
  @ApiOkResponse({ description: 'With dryRun: what it would find.', schema: ref('ReplayPreview') })
  @ApiProblem(409, 'Too many bulk replays are running.')
  async start(
    @Body() body: ReplayBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { kind, dryRun, ratePerSecond = DEFAULT_RATE } = body;
    const filter = checked(body);
    const before = new Date(this.rows.now());
    const { matched, by, sample } = await this.work.look({ kind, filter, before });
    if (dryRun) {
      void reply.status(200);
      return { matched, [kind === 'deliveries' ? 'byTarget' : 'byAccount']: by, sample };
    }
    const { id, name } = callerOf(request);
    const asked = { kind, filter, ratePerSecond, matched, before, who: { id, name } };
    const doc = await this.rows.add(asked);
    await this.deeds.done(request, 'replay-many', {
      ...{ replay: doc._id, kind, filter, matched, ratePerSecond },
    });
    void this.runner.look();
    return { id: doc._id, matched, state: doc.state };
  }

  @Get()
  @Needs('replay')
  @ApiOperation({ summary: 'Bulk replays, newest first', operationId: 'listReplays' })
  @ApiOkResponse({ description: 'A page of them.', schema: ref('BulkReplayPage') })
  async list(@Query() { limit, cursor }: PageQuery) {
    const docs = await this.rows.list(limit + 1, idBelow(cursor));
    const items = docs.slice(0, limit).map(view);
    return { items, nextCursor: docs.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  @Get(':id')
  @Needs('replay')
  @ApiOperation({ summary: 'How far a bulk replay has come', operationId: 'getReplay' })
  @ApiOkResponse({ description: 'The replay.', schema: ref('BulkReplay') })
  @ApiProblem(404, 'There is no such replay.')
  async one(@Param('id') id: string) {
    const doc = await this.rows.find(id);
    if (!doc) throw notFound('replay');
    return view(doc);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Needs('replay')
  @ApiOperation({
    summary: 'Stop a bulk replay; what it has sent again stays sent',
    operationId: 'cancelReplay',
  })
  @ApiOkResponse({ description: 'It has ended.', schema: ref('BulkReplay') })
  @ApiProblem(404, 'There is no such replay.')
  async cancel(@Param('id') id: string, @Req() request: FastifyRequest) {
    const cancelled = await this.rows.cancel(id);
    const shown = await this.one(id);
    if (cancelled) await this.deeds.done(request, 'cancel-replay', { replay: id });
    return shown;
  }
}
