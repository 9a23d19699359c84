import type { Configuration } from '../../accounts/configuration.js';
import { plannedRowIds } from '../../ledger/commit.js';
import type { EventDoc } from '../../ledger/documents.js';
import { IMPORTED } from '../../normalize/imported-order.js';
import { deliveryId } from '../../platform/ids/ids.js';

/** Ids of an event's deliveries, by its plan. An imported one is planned for nobody; any target may have known it before. */
export const rowIdsOf = (
  event: Pick<EventDoc, '_id' | 'plan' | 'flags'>,
  configuration: Configuration,
): readonly string[] =>
  event.flags.includes(IMPORTED)
    ? configuration.targets.map(({ id }) => deliveryId(event._id, id))
    : plannedRowIds(event);
