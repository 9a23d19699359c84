import { Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import { AdminController } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { ref } from '../openapi/shape.js';
import { numberBelow, numberedPage } from '../paging/numbered-query.js';
import { ProblemError } from '../problems/problem.js';
import { AuditLog, type AuditDoc } from './audit-log.js';
import { AnchorQuery, AuditQuery } from './audit-query.js';

const view = ({ _id, at, who, caller, deed, what, prev, hash }: AuditDoc) => ({
  ...{ row: _id, at: at.toISOString(), who: { id: who.id, name: who.name }, caller, deed },
  ...{ what: JSON.parse(what) as unknown, prev, hash },
});

@AdminController('audit')
export class AuditController {
  constructor(@Inject(AuditLog) private readonly audit: AuditLog) {}

  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Who did what, newest first', operationId: 'listAudit' })
  @ApiOkResponse({ description: 'A page of the audit log.', schema: ref('AuditPage') })
  async list(@Query() query: AuditQuery) {
    const { limit, deed, key } = query;
    const docs = await this.audit.list({ deed, key }, numberBelow(query.cursor), limit);
    return numberedPage(docs, limit, view);
  }

  @Get('verify')
  @Needs('read')
  @ApiOperation({
    summary: 'Walk the whole chain and check every hash',
    operationId: 'verifyAudit',
  })
  @ApiOkResponse({ description: 'What was found.', schema: ref('AuditCheck') })
  verify(@Query() { row, hash }: AnchorQuery) {
    if ((row === undefined) !== (hash === undefined))
      throw new ProblemError('WB_QUERY_INVALID', 'row and hash belong together', [
        { field: row === undefined ? 'row' : 'hash', rule: 'is required with the other one' },
      ]);
    return this.audit.verify(row === undefined || hash === undefined ? undefined : { row, hash });
  }
}
