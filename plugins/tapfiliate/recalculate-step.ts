import { decimal, type Money, type RemoteIds } from '#contract';
import { call, Digits } from './api.js';
import type { TapfiliateSettings } from './settings.js';
import type { Step } from './step.js';

/** `PATCH /conversions/{id}/` with the new amount of the sale; Tapfiliate computes the commissions anew. */
export function recalculateStep(
  settings: TapfiliateSettings,
  conversionId: string,
  value: Money,
  keep: RemoteIds,
): Step {
  const amount = decimal(value);
  const request = call(settings, {
    method: 'PATCH',
    path: ['conversions', conversionId],
    query: { recalculate_commissions: 'true' },
    fields: { amount: new Digits(amount) },
  });
  return { kind: 'recalculate', subject: conversionId, request, amount, keep };
}
