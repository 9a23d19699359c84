import { flag, list, nullable, oneOf, ref, shape, text, whole } from '../openapi/shape.js';

export const HEALTH_SCHEMAS = {
  GatewayHealth: shape({
    status: oneOf(['ok', 'degraded', 'down'], 'down: MongoDB cannot be reached.'),
    version: text(),
    draining: flag('This process is about to stop.'),
    mongo: shape({ up: flag(), ms: whole('Milliseconds of one round trip.') }),
    redis: shape({ up: flag() }),
    clockSkewMs: whole('Milliseconds that MongoDB is ahead of this machine.'),
    pausedTargets: list(text()),
    targets: nullable(
      list(
        shape({
          id: text(),
          configured: flag(),
          state: ref('TargetState'),
          open: ref('OpenRows'),
          oldestDueSeconds: nullable(whole('Age of the delivery that is due for longest.')),
        }),
      ),
    ),
    warnings: list(text()),
  }),
};
