import { SCHEMA_REFUSALS } from '../../ledger/schema/schema-state.js';
import { flag, list, nullable, oneOf, ref, shape, text, time, whole } from '../openapi/shape.js';

export const HEALTH_SCHEMAS = {
  GatewayHealth: shape({
    status: oneOf(
      ['ok', 'degraded', 'down'],
      'down: MongoDB cannot be reached, or its schema is none that this build works on.',
    ),
    version: text(),
    draining: flag('This process is about to stop.'),
    mongo: shape({ up: flag(), ms: whole('Milliseconds of one round trip.') }),
    redis: shape({ up: flag() }),
    schema: nullable(
      shape({
        version: whole('Schema version of the database; 0: none is recorded.'),
        build: whole('Schema version of this build. It works with one below to one above.'),
        pending: list(text('A migration of this build that was not run.')),
        missingIndexes: list(text()),
        refused: list(
          oneOf([...SCHEMA_REFUSALS], 'Why this process is not ready. Empty: nothing is wrong.'),
        ),
      }),
    ),
    clockSkewMs: whole('Milliseconds that MongoDB is ahead of this machine.'),
    pausedTargets: list(text()),
    openBreakers: list(text('Targets whose circuit breaker is open or half-open.')),
    targets: nullable(
      list(
        shape({
          id: text(),
          configured: flag(),
          state: ref('TargetState'),
          breaker: shape({
            state: oneOf(['closed', 'open', 'half-open']),
            until: nullable(time()),
            retryAfter: nullable(time()),
          }),
          open: ref('OpenRows'),
          oldestDueSeconds: nullable(whole('Age of the delivery that is due for longest.')),
        }),
      ),
    ),
    warnings: list(text()),
  }),
};
