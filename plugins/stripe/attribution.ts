import {
  CLICK_ID_NAMES,
  compact,
  identifier,
  shopAttribution,
  textAt,
  textsAt,
  type AttributionHint,
  type CustomerHint,
} from '#contract';
import type { StripeSettings } from './settings.js';
import { idAt, type StripeObject } from './snapshot.js';

/** The field of the Checkout Session, usable as a name beside metadata keys. */
const REFERENCE = 'client_reference_id';

/**
 * Metadata first: shops also put their own user id into `client_reference_id`, and a click id that was named as
 * such is the surer one.
 */
const CLICK_ID = [...CLICK_ID_NAMES, REFERENCE];

/** A coupon as Checkout and invoices list it: the id, which the shop chose, as text or inside an object. */
const listedCoupon = (object: StripeObject): string | undefined =>
  identifier(
    idAt(object, 'discounts[0].coupon') ??
      idAt(object, 'discounts[0].source.coupon') ??
      idAt(object, 'discount.coupon'),
  );

/** What the object says about the click behind it. `paths`: maps to read, the first one wins per key. */
export function attributionOf(
  object: StripeObject,
  settings: StripeSettings,
  paths: readonly string[] = ['metadata'],
): AttributionHint | undefined {
  const reference = textAt(object, REFERENCE);
  const texts: Record<string, string> = {};
  if (reference !== undefined) texts[REFERENCE] = reference;
  for (const path of [...paths].reverse()) Object.assign(texts, textsAt(object, path));
  const { clickIdFrom = CLICK_ID, affiliateIdFrom } = settings;
  return shopAttribution(texts, { clickIdFrom, affiliateIdFrom }, listedCoupon(object));
}

/** True when a partner could be paid by it. */
export const isAttributed = (hint: AttributionHint | undefined): boolean =>
  hint?.clickId !== undefined || hint?.affiliateId !== undefined || hint?.coupon !== undefined;

/** Raw customer data for the keyed hashes. */
export function customerOf(object: StripeObject): CustomerHint | undefined {
  const hint = compact({
    id: idAt(object, 'customer'),
    email:
      textAt(object, 'customer_details.email') ??
      textAt(object, 'customer_email') ??
      textAt(object, 'receipt_email'),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}
