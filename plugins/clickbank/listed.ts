import { isRecord, listAt, textAt, type Json } from '#contract';
import type { InsPayload } from './message.js';
import { textsOrList } from './read-ins.js';

/** One thing stands for itself, several in a list. */
export const many = (order: unknown, name: string): readonly unknown[] => {
  const found = isRecord(order) ? order[name] : undefined;
  return isRecord(found) ? [found] : listAt(order, name);
};

/** Sum of what the account earned by each line, in hundredths; undefined when one is unreadable. */
function earned(lines: readonly unknown[]): string | undefined {
  let cents = 0;
  for (const line of lines) {
    const parts = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(textAt(line, 'accountAmount') ?? '');
    if (!parts) return undefined;
    const [, minus, whole = '', part = ''] = parts;
    cents += (minus === '-' ? -1 : 1) * (Number(whole) * 100 + Number(part.padEnd(2, '0')));
  }
  if (lines.length === 0) return undefined;
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const present = (fields: Readonly<Record<string, Json | undefined>>): InsPayload['message'] =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/**
 * An order of the list in the words of a notification. Names from the pages of the Orders API 1.3, `paytmentMethod`
 * included; all values are texts, absent ones are objects.
 */
export function asNotification(order: unknown): InsPayload {
  const lines = many(order, 'lineItemData');
  const at = (name: string): string | undefined => textAt(order, name);
  const code = at('trackingId');
  const item = isRecord(order) ? order['vendorVariables'] : undefined;
  return {
    format: 'ins',
    message: present({
      transactionTime: at('transactionTime'),
      transactionType: at('transactionType'),
      receipt: at('receipt'),
      role: at('role'),
      vendor: at('vendor'),
      affiliate: at('affiliate'),
      totalAccountAmount: earned(lines),
      totalOrderAmount: at('totalOrderAmount'),
      currency: at('currency'),
      paymentMethod: at('paymentMethod') ?? at('paytmentMethod'),
      declinedConsent: at('declinedConsent'),
      trackingCodes: code === undefined ? [] : [code],
      vendorVariables: textsOrList({ list: many(item, 'item') }, 'list'),
      lineItems: lines.map((line) =>
        present({
          lineItemType: textAt(line, 'lineItemType'),
          paymentsProcessed: textAt(line, 'processedPayments'),
        }),
      ),
      customer: { billing: present({ email: at('email') }) },
    }),
  };
}
