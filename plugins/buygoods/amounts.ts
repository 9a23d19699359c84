import { money, type Money } from '#contract';
import { unescapeText, valueOf, type Fields } from './message.js';
import { defaultCurrency, type BuyGoodsSettings } from './settings.js';

/** The money of one message, with findings. */
export interface ReadAmounts {
  readonly revenue?: Money;
  readonly payout?: Money;
  readonly flags: readonly string[];
}

const THOUSANDS = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/**
 * `96.80`, `$96.80`, `&#36;1,296.80`, `-12.00`: the sign of the currency and thousands commas are taken off, the minus
 * is dropped by `money`. Words such as `FREE` are no amount.
 */
export function amountOf(text: string | undefined, currency: string): Money | undefined {
  const bare = unescapeText(text ?? '')
    .trim()
    .replace(/^(-?)(?:US)?\$\s*/, '$1');
  return money(THOUSANDS.test(bare) ? bare.replaceAll(',', '') : bare, currency);
}

/** The message's own currency, even when it is no code (then nothing is readable); the default only where it names none. */
export const currencyOf = (fields: Fields, settings: BuyGoodsSettings): string =>
  valueOf(fields, 'currency') ?? defaultCurrency(settings);

interface Charged {
  readonly amount?: Money;
  readonly flags: readonly string[];
}

/**
 * What the buyer paid. `total_clean` is plain and includes tax; `total_amount_charged` is zero on test orders, so its
 * zero says nothing; `total` may be `$96.80`, `FREE` or cut in the middle and is the last resort.
 */
export function charged(fields: Fields, settings: BuyGoodsSettings): Charged {
  const currency = currencyOf(fields, settings);
  const wanted = settings.amountField ?? 'total_clean';
  for (const name of [wanted, 'total_clean', 'total_amount_charged', 'total']) {
    const amount = amountOf(fields[name], currency);
    if (amount === undefined) continue;
    if (name === 'total_amount_charged' && amount.amount === 0) continue;
    if (name === 'total') return { amount, flags: ['amount-doubtful'] };
    return { amount, flags: name === wanted ? [] : ['amount-fallback'] };
  }
  const zero = amountOf(fields['total_amount_charged'], currency);
  if (zero !== undefined) return { amount: zero, flags: ['amount-fallback'] };
  return { flags: [] };
}

function payoutOf(fields: Fields, name: string, currency: string): ReadAmounts {
  const payout = amountOf(fields[name], currency);
  if (payout !== undefined) return { payout, flags: [] };
  return { flags: valueOf(fields, name) === undefined ? [] : ['payout-unreadable'] };
}

/** Sale or rebill of the IPN. */
export function saleAmounts(fields: Fields, settings: BuyGoodsSettings): ReadAmounts {
  const currency = currencyOf(fields, settings);
  const { amount, flags } = charged(fields, settings);
  const { payout, flags: payoutFlags } = payoutOf(
    fields,
    settings.payoutField ?? 'aff_commission',
    currency,
  );
  return {
    ...(amount === undefined ? {} : { revenue: amount }),
    ...(payout === undefined ? {} : { payout }),
    flags: [...flags, ...payoutFlags],
  };
}

/**
 * Refund or chargeback of the IPN: `refund_amount`, or everything when it is missing or zero. The commission stands in
 * the message as that of the whole sale, so a partial refund leaves it out rather than take back too much.
 */
export function refundAmounts(fields: Fields, settings: BuyGoodsSettings): ReadAmounts {
  const currency = currencyOf(fields, settings);
  const whole = charged(fields, settings).amount;
  const named = amountOf(fields['refund_amount'], currency);
  const given = named !== undefined && named.amount > 0 ? named : undefined;
  const revenue = given ?? whole;
  const partial = given !== undefined && whole !== undefined && given.amount < whole.amount;
  const { payout, flags } = partial
    ? { payout: undefined, flags: ['partial'] }
    : payoutOf(fields, settings.payoutField ?? 'aff_commission', currency);
  return {
    ...(revenue === undefined ? {} : { revenue }),
    ...(payout === undefined ? {} : { payout }),
    flags: [...(given === undefined ? ['refund-amount-missing'] : []), ...flags],
  };
}

/** Affiliate postback: the commission is what the network tells; the price only where the user found a macro for it. */
export function postbackAmounts(fields: Fields, settings: BuyGoodsSettings): ReadAmounts {
  const currency = currencyOf(fields, settings);
  const revenue = amountOf(fields['amount'], currency);
  const { payout, flags } = payoutOf(fields, 'commission', currency);
  return {
    ...(revenue === undefined ? {} : { revenue }),
    ...(payout === undefined ? {} : { payout }),
    flags,
  };
}
