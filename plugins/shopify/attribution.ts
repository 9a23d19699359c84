import {
  compact,
  listAt,
  parseFormText,
  shopAttribution,
  text,
  textAt,
  type AttributionHint,
  type CustomerHint,
} from '#contract';
import type { ShopifySettings } from './settings.js';
import { idAt, type ShopifyObject } from './message.js';

type Pairs = readonly (readonly [name: string, value: string])[];

/** Cart attributes: a list of name and value, set by the shop's own page. */
const cartAttributes = (order: ShopifyObject): Pairs =>
  listAt(order, 'note_attributes').flatMap((one) => {
    const [name, value] = [textAt(one, 'name'), textAt(one, 'value')];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });

/** Parameters of the page on which the visit began (`/products/x?click_id=…`). */
function landingParameters(order: ShopifyObject): Pairs {
  const page = textAt(order, 'landing_site') ?? '';
  const form = parseFormText(page.slice(page.indexOf('?') + 1).split('#', 1)[0] ?? '');
  return page.includes('?') && form.ok ? form.value.toReversed() : [];
}

/** What the order says about the click: cart attributes first, then the landing page; the discount code as coupon. */
export function readAttribution(
  order: ShopifyObject,
  settings: ShopifySettings,
): AttributionHint | undefined {
  const texts = Object.fromEntries([...landingParameters(order), ...cartAttributes(order)]);
  return shopAttribution(texts, settings, textAt(order, 'discount_codes[0].code'));
}

/** Raw customer data for the keyed hashes. */
export function readCustomer(order: ShopifyObject): CustomerHint | undefined {
  const hint = compact({
    id: idAt(order, 'customer.id'),
    email: text(order['email']) ?? textAt(order, 'customer.email'),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}
