import { compact } from './compact.js';
import type { AttributionHint } from './draft.js';
import { identifier } from './read.js';

/** What sources of shops and checkouts share: the shop's own names and values travel with the order. */

type Texts = Readonly<Record<string, string>>;

const CLICK_ID = ['click_id', 'clickid', 'clickId', 'cid'];
const AFFILIATE_ID = ['affiliate_id', 'affiliateId', 'affiliate', 'aff_id', 'aff'];
const COUPON = ['coupon', 'coupon_code', 'promo_code'];
const SUB_ID = /^(?:aff_)?sub_?(?:id)?_?(\d)?$/i;

const first = (texts: Texts, names: readonly string[]): string | undefined =>
  names.map((name) => identifier(texts[name])).find((value) => value !== undefined);

function subIds(texts: Texts): readonly string[] | undefined {
  const found = Object.entries(texts).flatMap(([name, value]) => {
    const place = SUB_ID.exec(name);
    const id = identifier(value);
    return place && id !== undefined ? [[Number(place[1] ?? 0), id] as const] : [];
  });
  return found.length === 0 ? undefined : found.sort(([a], [b]) => a - b).map(([, id]) => id);
}

function utm(texts: Texts): Texts | undefined {
  const found = Object.entries(texts).flatMap(([name, value]) => {
    const id = identifier(value);
    return name.startsWith('utm_') && id !== undefined ? [[name.slice(4), id] as const] : [];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Names chosen by the user, where he chose some. */
export interface ChosenNames {
  readonly clickIdFrom?: readonly string[];
  readonly affiliateIdFrom?: readonly string[];
}

/** What the shop's own names and values say about the click. `coupon`: the network's own field. */
export function shopAttribution(
  texts: Texts,
  chosen: ChosenNames,
  coupon?: string,
): AttributionHint | undefined {
  const hint = compact({
    clickId: first(texts, chosen.clickIdFrom ?? CLICK_ID),
    affiliateId: first(texts, chosen.affiliateIdFrom ?? AFFILIATE_ID),
    coupon: first(texts, COUPON) ?? identifier(coupon),
    campaignId: first(texts, ['campaign_id', 'campaign']),
    offerId: first(texts, ['offer_id']),
    placement: first(texts, ['placement']),
    utm: utm(texts),
    subIds: subIds(texts),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}
