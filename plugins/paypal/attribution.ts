import {
  compact,
  identifier,
  parseFormText,
  textAt,
  type AttributionHint,
  type CustomerHint,
} from '#contract';
import type { PayPalSettings } from './settings.js';
import type { Resource } from './message.js';

type Texts = Readonly<Record<string, string>>;

const CLICK_ID = ['click_id', 'clickid', 'clickId', 'cid'];
const AFFILIATE_ID = ['affiliate_id', 'affiliateId', 'affiliate', 'aff_id', 'aff'];
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

/** The one free field of 127 characters may hold several names as `click_id=…&aff=…`. */
function pairs(value: string): Texts | undefined {
  if (!/^[\w-]+=/.test(value)) return undefined;
  const form = parseFormText(value);
  return form.ok ? Object.fromEntries(form.value.toReversed()) : undefined;
}

const FIELDS = {
  custom_id: ['custom_id', 'custom'],
  invoice_id: ['invoice_id', 'invoice_number'],
} as const;

/** What the shop's own field says about the click: one id, or names and values as in a query string. */
export function attributionOf(
  resource: Resource,
  { clickIdField }: PayPalSettings,
): AttributionHint | undefined {
  const value = FIELDS[clickIdField].map((name) => textAt(resource, name)).find(Boolean);
  const texts = value === undefined ? undefined : pairs(value);
  const hint = texts
    ? compact({
        clickId: first(texts, CLICK_ID),
        affiliateId: first(texts, AFFILIATE_ID),
        coupon: first(texts, ['coupon']),
        campaignId: first(texts, ['campaign_id', 'campaign']),
        subIds: subIds(texts),
      })
    : compact({ clickId: identifier(value) });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

/** The buyer, where a message names one: subscriptions do, captures mostly do not. */
export function customerOf(resource: Resource): CustomerHint | undefined {
  const hint = compact({
    id: textAt(resource, 'subscriber.payer_id') ?? textAt(resource, 'payer.payer_id'),
    email: textAt(resource, 'subscriber.email_address') ?? textAt(resource, 'payer.email_address'),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}
