import { fromIso, money, text, type EventDraft, type Money } from '#contract';
import { idAt, lacks, notThat, saleKey, type Handler, type ShopifyObject } from './message.js';

const isDispute = (object: ShopifyObject): boolean =>
  ['chargeback', 'inquiry'].includes(text(object['type']) ?? '') && 'reason' in object;

/** Built from lasting members only, so that created and updated tell one event. */
const openedDraft = (
  dispute: ShopifyObject,
  id: string,
  order: string,
  revenue: Money,
): EventDraft => ({
  key: `dispute:${id}:chargeback`,
  type: 'CHARGEBACK',
  nativeType: 'disputes/create',
  test: false,
  occurredAt: fromIso(text(dispute['initiated_at'])) ?? null,
  order: { id: order },
  revenue,
  reversesKey: saleKey(order),
});

/**
 * `disputes/create` and `disputes/update`: one chargeback per dispute; won, it is taken back. An inquiry moves no money
 * yet; one that becomes a chargeback keeps its id and is told by the update.
 */
export const disputed: Handler = (message) => {
  const { object } = message;
  if (!isDispute(object)) return notThat(message, 'dispute');
  if (text(object['type']) === 'inquiry') return [];
  const id = idAt(object, 'id');
  const order = idAt(object, 'order_id');
  const revenue = money(text(object['amount']), text(object['currency']));
  if (id === undefined || order === undefined || !revenue) {
    return lacks(message, 'id, order_id, amount or currency');
  }
  const opened = openedDraft(object, id, order, revenue);
  if (text(object['status']) !== 'won') return [opened];
  return [
    {
      ...opened,
      key: `dispute:${id}:chargeback-reversed`,
      type: 'CHARGEBACK_REVERSED',
      nativeType: 'disputes/update',
      occurredAt: fromIso(text(object['finalized_on'])) ?? null,
      reversesKey: opened.key,
    },
  ];
};
