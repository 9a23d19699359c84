import { compact, type OrderHint } from '#contract';
import type { Message } from './message.js';

/** Eight asterisks stand where a receipt would: a test, whatever the type says. */
export const TEST_RECEIPT = '********';

const REBILL_SUFFIX = /^(.+)-B(\d{3,5})$/;

/** A receipt without its rebill suffix, and the number of the payment: `ABCD1234-B002` is the second one. */
export function splitReceipt(receipt: string): {
  readonly base: string;
  readonly payment: number | undefined;
} {
  const parts = REBILL_SUFFIX.exec(receipt);
  return parts
    ? { base: parts[1] ?? receipt, payment: Number(parts[2]) }
    : { base: receipt, payment: undefined };
}

/** Types about one payment whose bare receipt is that of the first one, which counts as 1 (vendor's support page). */
const FIRST_BY_RECEIPT = /^(?:TEST_)?(?:SALE|RFND|CGBK|INSF)$/;

/**
 * The order of a message. Rebills share the order of their first receipt. An upsell has a receipt of its own and
 * names the first one; on the first order that field may name the order itself, which is no parent. Test receipts
 * are all alike and make no order.
 */
export function orderOf(message: Message): OrderHint | undefined {
  const { receipt, originalReceipt } = message;
  if (receipt === undefined || receipt === TEST_RECEIPT) return undefined;
  const { base, payment } = splitReceipt(receipt);
  const parent = originalReceipt === undefined ? undefined : splitReceipt(originalReceipt).base;
  const first = FIRST_BY_RECEIPT.test(message.type) ? 1 : undefined;
  return {
    id: base,
    ...compact({
      parentId: parent === base || parent === TEST_RECEIPT ? undefined : parent,
      sequence: payment ?? first ?? message.payments,
      aliases: base === receipt ? undefined : [receipt],
    }),
  };
}
