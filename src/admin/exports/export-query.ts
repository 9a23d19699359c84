import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { DeliveryQuery } from '../deliveries/delivery-query.js';
import { EventQuery } from '../events/event-query.js';
import { ReceiptQuery } from '../receipts/receipt-query.js';
import { FORMATS, type Format } from './export-stream.js';

const PAGING = ['limit', 'cursor'] as const;

const InFormat = (): PropertyDecorator => (target, name) => {
  ApiPropertyOptional({ description: 'One row a line.', enum: FORMATS, default: 'ndjson' })(
    target,
    name,
  );
  IsOptional()(target, name);
  IsIn([...FORMATS], { message: `must be ${FORMATS.join(' or ')}` })(target, name);
};

/** The filters of the lists, without their pages. */
export class EventExportQuery extends OmitType(EventQuery, PAGING) {
  @InFormat()
  format: Format = 'ndjson';
}

export class DeliveryExportQuery extends OmitType(DeliveryQuery, PAGING) {
  @InFormat()
  format: Format = 'ndjson';
}

export class ReceiptExportQuery extends OmitType(ReceiptQuery, PAGING) {
  @InFormat()
  format: Format = 'ndjson';
}
