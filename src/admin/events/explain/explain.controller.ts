import { Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '../../openapi/decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Configuration } from '../../../accounts/configuration.js';
import { toEvent } from '../../../ledger/documents.js';
import { ATTRIBUTION } from '../../../normalize/late-attribution.js';
import { Planner } from '../../../route/planner.js';
import { TargetStates } from '../../../settle/target-states.js';
import { AdminController, ApiProblem } from '../../access/admin-controller.js';
import { Needs } from '../../access/scopes.js';
import { DeliveryViews } from '../../deliveries/delivery-views.js';
import { anyObject, flag, list, oneOf, ref, shape, text } from '../../openapi/shape.js';
import { PayoutReads } from '../../payout/payout-reads.js';
import { notFound } from '../../problems/problem.js';
import { EventReads } from '../event-reads.js';
import { STEPS, stepsOf } from './steps.js';
import { whyRoutes } from './why-route.js';

export const EXPLAIN_SCHEMAS = {
  EventExplained: shape(
    {
      event: ref('Event'),
      steps: list(
        shape({
          step: oneOf(STEPS),
          says: text('For a person.'),
          facts: anyObject('The same for programs.'),
        }),
      ),
      routes: list(
        shape({
          route: text(),
          target: text(),
          matched: flag('Would the event go this way today?'),
          why: text('For a person.'),
        }),
      ),
      deliveries: list(ref('Delivery')),
    },
    'Why an event went where it went, or did not.',
  ),
};

@AdminController('events')
export class ExplainController {
  constructor(
    @Inject(EventReads) private readonly reads: EventReads,
    @Inject(DeliveryViews) private readonly views: DeliveryViews,
    @Inject(Configuration) private readonly configuration: Configuration,
    @Inject(Planner) private readonly planner: Planner,
    @Inject(TargetStates) private readonly states: TargetStates,
    @Inject(PayoutReads) private readonly payouts: PayoutReads,
  ) {}

  @Get(':id/explain')
  @Needs('read')
  @ApiOperation({
    summary: 'Why an event went where it went, or did not',
    operationId: 'explainEvent',
  })
  @ApiOkResponse({ description: 'Station by station.', schema: ref('EventExplained') })
  @ApiProblem(404, 'There is no such event.')
  async explain(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const event = await this.reads.byId(id);
    if (!event) throw notFound('event');
    const [order, rows, receipts] = await Promise.all([
      this.reads.orderOf(event),
      this.reads.rowsOf([event]),
      this.reads.receiptsOf(event),
      this.states.refresh(),
    ]);
    const { configuration, planner } = this;
    const correction = order.findLast(
      ({ adjusts, source }) => adjusts === event._id && source.nativeType === ATTRIBUTION,
    );
    const today = planner.plan(event.source.account, event.type, event.test);
    const full = {
      event: toEvent(event),
      steps: stepsOf({ event, receipts, rows, today, configuration, correction }),
      routes: whyRoutes(event, configuration, planner, (target) => this.states.paused(target)),
      deliveries: rows.map((row) => this.views.line(row)),
    };
    return this.payouts.answer(request, reply, full, {
      holds: event.payout !== null,
      hide: () => ({ ...full, event: { ...full.event, payout: null } }),
      what: { call: 'explainEvent', events: [event._id] },
    });
  }
}
