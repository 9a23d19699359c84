import { flag, list, nullable, oneOf, ref, shape, text, time, whole } from '../openapi/shape.js';

export const HEALTH_SCHEMAS = {
  GatewayHealth: shape({
    status: oneOf(['ok', 'degraded', 'down'], 'down: MongoDB cannot be reached.'),
    version: text(),
    draining: flag('This process is about to stop.'),
    mongo: shape({ up: flag(), ms: whole('Milliseconds of one round trip.') }),
    redis: shape({ up: flag() }),
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
