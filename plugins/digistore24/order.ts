import { identifier, type OrderHint } from '#contract';
import type { Digistore24Settings } from './settings.js';
import type { IpnFields } from './verify.js';

/** One order of the message and what was guessed about it. */
export interface ReadOrder {
  readonly order: OrderHint;
  readonly flags: readonly string[];
}

const LONGEST = 48;

/** An id that the network made (order, item, transaction): real ones have about ten characters, so longer texts are none. */
export function networkId(value: string | undefined): string | undefined {
  const id = identifier(value);
  return id !== undefined && id.length <= LONGEST ? id : undefined;
}

/** Shortest order id left after a suffix is taken off; shorter ones are no order ids. */
const SHORTEST = 3;

/**
 * The first order behind an upsell: a production receiver reports that a one-click upsell gets the first order's id
 * with its `upsell_no` appended, while the vendor's own kit says that the id stays. So only a matching suffix counts.
 */
export function upsellParent(orderId: string, upsellNo: string | undefined): string | undefined {
  if (upsellNo === undefined || !/^[1-9]\d?$/.test(upsellNo) || !orderId.endsWith(upsellNo)) {
    return undefined;
  }
  const base = orderId.slice(0, -upsellNo.length);
  return base.length >= SHORTEST ? base : undefined;
}

/** Place of a payment in its series: 0 (single payment) and 1 are the first. Undefined when the message has none. */
export function paymentNumber(fields: IpnFields): number | undefined {
  const text = fields['pay_sequence_no']?.trim();
  return text !== undefined && /^\d{1,6}$/.test(text) ? Math.max(1, Number(text)) : undefined;
}

/** Order id, line and sequence; undefined without an order id. */
export function readOrder(fields: IpnFields, settings: Digistore24Settings): ReadOrder | undefined {
  const id = networkId(fields['order_id']);
  if (id === undefined) return undefined;
  const rule = settings.upsellOrders ?? 'parent';
  const parent = rule === 'off' ? undefined : upsellParent(id, fields['upsell_no']?.trim());
  const line = networkId(fields['order_item_id']);
  const sequence = paymentNumber(fields);
  const common = {
    ...(line === undefined ? {} : { line }),
    ...(sequence === undefined ? {} : { sequence }),
  };
  if (parent === undefined) return { order: { id, ...common }, flags: [] };
  const order =
    rule === 'merge'
      ? { id: parent, ...common, aliases: [id] }
      : { id, parentId: parent, ...common };
  return { order, flags: ['upsell-parent-guessed'] };
}
