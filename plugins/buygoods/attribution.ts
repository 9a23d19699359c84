import { compact, text, type AttributionHint, type CustomerHint, type OrderHint } from '#contract';
import { networkId, valueOf, type Fields } from './message.js';
import type { BuyGoodsSettings } from './settings.js';

/** Slots of `subIds`: an empty one keeps its place, so that a report on "sub 3" stays about sub 3. */
const SUB_SLOTS = [
  'subid',
  'subid2',
  'subid3',
  'subid4',
  'subid5',
  'sid',
  'sid2',
  'vid1',
  'vid2',
  'vid3',
] as const;

function subIdsOf(fields: Fields): readonly string[] | undefined {
  const slots = SUB_SLOTS.map((name) => valueOf(fields, name) ?? '');
  const last = slots.findLastIndex((value) => value !== '');
  return last < 0 ? undefined : slots.slice(0, last + 1);
}

function clickIdOf(fields: Fields, settings: BuyGoodsSettings): string | undefined {
  const name = settings.clickIdField ?? 'subid';
  const value = valueOf(fields, name);
  return name === 'referrer_sid' ? text(value?.split('|')[0]) : value;
}

/** `0` stands for "no affiliate". */
function affiliateOf(fields: Fields): string | undefined {
  const id = networkId(fields, 'aff_id');
  return id === '0' ? undefined : id;
}

/** Who sent the buyer, and to which product; undefined when the message says nothing. */
export function readAttribution(
  fields: Fields,
  settings: BuyGoodsSettings,
): AttributionHint | undefined {
  const attribution = compact({
    clickId: clickIdOf(fields, settings),
    affiliateId: affiliateOf(fields),
    offerId: valueOf(fields, 'product_codename') ?? valueOf(fields, 'product_id'),
    subIds: subIdsOf(fields),
  });
  return Object.keys(attribution).length > 0 ? attribution : undefined;
}

/** Order and item. `order_id` names one item; `order_id_global` is shared by the first order and its upsells. */
export function readOrder(fields: Fields): { order: OrderHint; item: string } | undefined {
  const item = networkId(fields, 'order_id');
  const shared = networkId(fields, 'order_id_global');
  if (item === undefined) {
    return shared === undefined ? undefined : { order: { id: shared }, item: shared };
  }
  if (shared === undefined || shared === item) return { order: { id: item }, item };
  return { order: { id: shared, line: item, aliases: [item] }, item };
}

/** The buyer, raw: the core keeps keyed hashes only. */
export function readCustomer(fields: Fields): CustomerHint | undefined {
  const id = networkId(fields, 'user_id');
  const email = text(fields['customer_emailaddress']);
  return id === undefined && email === undefined ? undefined : compact({ id, email });
}
