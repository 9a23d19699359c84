import { money, type Money } from '#contract';
import type { Digistore24Settings } from './settings.js';
import type { IpnFields } from './verify.js';

/** The money of one message, with findings. `revenue` is missing when no field is readable. */
export interface ReadAmounts {
  readonly revenue?: Money;
  readonly payout?: Money;
  readonly flags: readonly string[];
}

/** `transaction_amount` has a currency of its own: a connection can be set to convert the other sums. */
function amountOf(fields: IpnFields, name: string): Money | undefined {
  const own = name === 'transaction_amount' ? fields['transaction_currency'] : undefined;
  return money(fields[name], own ?? fields['currency'] ?? fields['transaction_currency']);
}

/**
 * Decimal texts (`49.00`) to minor units. Whether refunds come negative is not documented, so the sign is dropped and
 * the event's type says which way the money goes.
 */
export function readAmounts(fields: IpnFields, settings: Digistore24Settings): ReadAmounts {
  const wanted = settings.amountField ?? 'amount_brutto';
  const names = [wanted, 'amount_brutto', 'amount', 'transaction_amount'];
  const used = names.find((name) => amountOf(fields, name) !== undefined);
  const revenue = used === undefined ? undefined : amountOf(fields, used);
  const payoutName = settings.payoutField ?? 'amount_affiliate';
  const payout = amountOf(fields, payoutName);
  const flags = [
    ...(used === undefined || used === wanted ? [] : ['amount-fallback']),
    ...(payout === undefined && fields[payoutName] !== undefined ? ['payout-unreadable'] : []),
  ];
  return {
    ...(revenue === undefined ? {} : { revenue }),
    ...(payout === undefined ? {} : { payout }),
    flags,
  };
}
