import {
  compact,
  identifier,
  textAt,
  textsAt,
  type AttributionHint,
  type CustomerHint,
} from '#contract';
import type { StripeSettings } from './settings.js';
import { idAt, type StripeObject } from './snapshot.js';

type Texts = Readonly<Record<string, string>>;

/** The field of the Checkout Session, usable as a name beside metadata keys. */
const REFERENCE = 'client_reference_id';

/**
 * Metadata first: shops also put their own user id into `client_reference_id`, and a click id that was named as
 * such is the surer one.
 */
const CLICK_ID = ['click_id', 'clickid', 'clickId', 'cid', REFERENCE];
const AFFILIATE_ID = ['affiliate_id', 'affiliateId', 'affiliate', 'aff_id', 'aff'];
const COUPON = ['coupon', 'coupon_code', 'promo_code'];
const SUB_ID = /^(?:aff_)?sub_?(?:id)?_?(\d)?$/i;

function first(texts: Texts, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = identifier(texts[name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function subIds(texts: Texts): readonly string[] | undefined {
  const found: (readonly [place: number, id: string])[] = [];
  for (const [name, value] of Object.entries(texts)) {
    const place = SUB_ID.exec(name);
    const id = place ? identifier(value) : undefined;
    if (place && id !== undefined) found.push([Number(place[1] ?? 0), id]);
  }
  return found.length === 0 ? undefined : found.sort(([a], [b]) => a - b).map(([, id]) => id);
}

function utm(texts: Texts): Texts | undefined {
  const found = Object.entries(texts).flatMap(([name, value]) => {
    const id = name.startsWith('utm_') ? identifier(value) : undefined;
    return id === undefined ? [] : [[name.slice(4), id] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

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
  const hint = compact({
    clickId: first(texts, settings.clickIdFrom ?? CLICK_ID),
    affiliateId: first(texts, settings.affiliateIdFrom ?? AFFILIATE_ID),
    coupon: first(texts, COUPON) ?? listedCoupon(object),
    campaignId: first(texts, ['campaign_id', 'campaign']),
    offerId: first(texts, ['offer_id']),
    placement: first(texts, ['placement']),
    utm: utm(texts),
    subIds: subIds(texts),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
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
