import { compact, identifier, type AttributionHint } from '#contract';
import type { Digistore24Settings } from './settings.js';
import type { IpnFields } from './verify.js';

/** Who sent the buyer, with findings. */
export interface ReadAttribution {
  readonly attribution: AttributionHint;
  readonly flags: readonly string[];
}

const UTM = ['source', 'medium', 'campaign', 'term', 'content'] as const;

function utmOf(fields: IpnFields): Readonly<Record<string, string>> | undefined {
  const found = UTM.flatMap((name) => {
    const value = identifier(fields[`utm_${name}`]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** Slot 1 `trackingkey`, slot 2 `custom`: an empty slot keeps its place. */
function subIdsOf(fields: IpnFields): readonly string[] | undefined {
  const first = identifier(fields['trackingkey']);
  const second = identifier(fields['custom']);
  if (second !== undefined) return [first ?? '', second];
  return first === undefined ? undefined : [first];
}

/** Affiliate, click id (`?cid=` of the promolink), campaign key, sub ids, UTM fields, product and voucher. */
export function readAttribution(fields: IpnFields, settings: Digistore24Settings): ReadAttribution {
  const tag = identifier(fields['tags']?.split(',')[0]);
  const named = identifier(fields['affiliate_id']);
  const affiliateId = named ?? (settings.affiliateFromTags === true ? tag : undefined);
  const attribution = compact({
    clickId: identifier(fields[settings.clickIdField ?? 'click_id']),
    affiliateId,
    coupon: identifier(fields['voucher_code']) ?? identifier(fields['used_coupon_code']),
    campaignId: identifier(fields['campaignkey']),
    offerId: identifier(fields['product_id']),
    utm: utmOf(fields),
    subIds: subIdsOf(fields),
  });
  return {
    attribution,
    flags: affiliateId === undefined && tag !== undefined ? ['affiliate-maybe-in-tags'] : [],
  };
}
