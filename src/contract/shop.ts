import { compact } from './compact.js';
import type { AttributionHint } from './draft.js';
import { identifier } from './read.js';

/** What sources of shops and checkouts share: the shop's own names and values travel with the order. */

type Texts = Readonly<Record<string, string>>;

/** Names under which shops hand a click id on, the surest first. */
export const CLICK_ID_NAMES: readonly string[] = ['click_id', 'clickid', 'clickId', 'cid'];
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

/** Names chosen by the user, where he chose some. */
export interface ChosenNames {
  readonly clickIdFrom?: readonly string[] | undefined;
  readonly affiliateIdFrom?: readonly string[] | undefined;
}

/** What the shop's own names and values say about the click. `coupon`: the network's own field. */
export function shopAttribution(
  texts: Texts,
  chosen: ChosenNames,
  coupon?: string,
): AttributionHint | undefined {
  const hint = compact({
    clickId: first(texts, chosen.clickIdFrom ?? CLICK_ID_NAMES),
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
