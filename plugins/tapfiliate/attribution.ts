import { identifier, type CanonicalEvent, type History } from '#contract';
import type { AttributionKey, TapfiliateSettings } from './settings.js';

/** The one attribution field that is sent. */
export interface Attributed {
  readonly key: AttributionKey;
  readonly value: string;
}

/**
 * Tapfiliate's id of the click behind this event. A click that we created ourselves has an id of Tapfiliate's own,
 * known from its delivery; a click made by Tapfiliate's script comes with the event.
 */
function clickId(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): string | undefined {
  const ours = identifier(event.attribution.clickId);
  if (ours === undefined) return undefined;
  const from = settings.clickIdFrom ?? 'auto';
  if (from === 'event') return ours;
  const told = history.entries.findLast(
    ({ event: earlier, remoteIds }) =>
      earlier.type === 'CLICK' &&
      earlier.attribution.clickId === event.attribution.clickId &&
      typeof remoteIds['clickId'] === 'string',
  );
  return identifier(told?.remoteIds['clickId']) ?? (from === 'auto' ? ours : undefined);
}

function valueOf(
  key: AttributionKey,
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): string | undefined {
  switch (key) {
    case 'click_id':
      return clickId(event, settings, history);
    case 'referral_code':
      return identifier(event.attribution.affiliateId);
    case 'coupon':
      return identifier(event.attribution.coupon);
    case 'customer_id':
      return identifier(event.customer.ref);
    case 'tracking_id':
      return identifier(event.attribution.clickId);
  }
}

/**
 * Exactly one key, or undefined (organic). Several keys must never be sent together: the REST API lets coupon and
 * referral code win over the click, which silently loses the click-level report (Tapfiliate REST reference).
 */
export function attributionOf(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Attributed | undefined {
  const wanted = settings.attributionKey ?? 'click_id';
  const keys: readonly AttributionKey[] =
    wanted === 'auto' ? ['click_id', 'coupon', 'referral_code'] : [wanted];
  for (const key of keys) {
    const value = valueOf(key, event, settings, history);
    if (value !== undefined) return { key, value };
  }
  return undefined;
}
