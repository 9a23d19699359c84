import { IsIn, IsOptional } from 'class-validator';
import { DeliveryFilters } from '../deliveries/delivery-query.js';
import { EventFilters } from '../events/event-query.js';
import { ApiPropertyOptional } from '../openapi/decorators.js';
import { ReceiptFilters } from '../receipts/receipt-query.js';
import { FORMATS, type Format } from './export-stream.js';

const InFormat = (): PropertyDecorator => (target, name) => {
  ApiPropertyOptional({ description: 'One row a line.', enum: FORMATS, default: 'ndjson' })(
    target,
    name,
  );
  IsOptional()(target, name);
  IsIn([...FORMATS], { message: `must be ${FORMATS.join(' or ')}` })(target, name);
};

/** The filters of the lists, without their pages. */
export class EventExportQuery extends EventFilters {
  @InFormat()
  format: Format = 'ndjson';
}

export class DeliveryExportQuery extends DeliveryFilters {
  @InFormat()
  format: Format = 'ndjson';
}

export class ReceiptExportQuery extends ReceiptFilters {
  @InFormat()
  format: Format = 'ndjson';
}
