import { fromIso, listAt, money, pick, text, textAt, type Money } from '#contract';
import { idAt, lacks, notThat, saleKey, type Handler, type ShopifyObject } from './message.js';

const STATUSES: ReadonlySet<string> = new Set(['success', 'pending']);

/** Transactions that give money back. A restock without money has none. */
const moved = (refund: ShopifyObject): readonly unknown[] =>
  listAt(refund, 'transactions').filter(
    (one) => textAt(one, 'kind') === 'refund' && STATUSES.has(textAt(one, 'status') ?? ''),
  );

/** Their sum; undefined when one is unreadable or they differ in currency. */
function sumOf(transactions: readonly unknown[]): Money | undefined {
  const parts = transactions.map((one) => money(textAt(one, 'amount'), textAt(one, 'currency')));
  const [first] = parts;
  if (!first) return undefined;
  let amount = 0;
  for (const part of parts) {
    if (part?.currency !== first.currency) return undefined;
    amount += part.amount;
  }
  return { amount, currency: first.currency };
}

/** `refunds/create`: one refund, full or partial. */
export const refunded: Handler = (message) => {
  const { topic, object } = message;
  if (!Array.isArray(object['transactions']) || !Array.isArray(object['refund_line_items'])) {
    return notThat(message, 'refund');
  }
  const transactions = moved(object);
  if (transactions.length === 0) return [];
  const revenue = sumOf(transactions);
  const id = idAt(object, 'id');
  const order = idAt(object, 'order_id');
  if (id === undefined || order === undefined || !revenue) {
    return lacks(message, 'id, order_id, amount or currency');
  }
  if (revenue.amount === 0) return [];
  return [
    {
      key: `refund:${id}`,
      type: 'REFUND',
      nativeType: topic,
      test: transactions.some((one) => pick(one, 'test') === true),
      occurredAt: fromIso(text(object['created_at'])) ?? null,
      order: { id: order },
      revenue,
      reversesKey: saleKey(order),
    },
  ];
};
