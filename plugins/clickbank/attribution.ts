import { compact, identifier, type AttributionHint } from '#contract';
import type { Message } from './message.js';
import type { ClickBankSettings } from './settings.js';

/** The name that means the first tracking code: `tid` of an affiliate, `vtid` of a vendor. */
const CODES = 'trackingCodes';

/** `extclid` is made for the affiliate's own click id; a tracking code may be cut or lower-cased by ClickBank. */
const CLICK_ID = ['extclid', 'click_id', 'clickid', 'clickId', 'cid', CODES];

const AFFILIATE_SUBS = ['affSub1', 'affSub2', 'affSub3', 'affSub4', 'affSub5'];

function utmOf(variables: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const found = Object.entries(variables).flatMap(([name, value]) => {
    const id = identifier(value);
    return name.startsWith('utm_') && id !== undefined ? [[name.slice(4), id] as const] : [];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Who sent the buyer. `commonTrackingParameters.clickId` is ClickBank's own click id and is not read. */
export function attributionOf(
  message: Message,
  settings: ClickBankSettings,
): AttributionHint | undefined {
  const { variables, trackingCodes } = message;
  const codes = trackingCodes.map((code) => identifier(code)).filter((code) => code !== undefined);
  const named = (name: string): string | undefined =>
    name === CODES ? codes[0] : identifier(variables[name]);
  const clickId = (settings.clickIdFrom ?? CLICK_ID).map(named).find((id) => id !== undefined);
  const subs = AFFILIATE_SUBS.map(named).filter((id) => id !== undefined);
  const subIds = [...codes.filter((code) => code !== clickId), ...subs];
  const hint = compact({
    clickId,
    affiliateId: identifier(message.affiliate),
    coupon: named('coupon'),
    campaignId: named('campaign') ?? named('campaign_id'),
    utm: utmOf(variables),
    subIds: subIds.length === 0 ? undefined : subIds,
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}
