import { currencyCode, minorUnits, money, type Money } from '#contract';
import type { Amount, Message } from './message.js';
import type { ClickBankSettings } from './settings.js';

/** ClickBank pays its accounts in US dollars. */
const HOME = 'USD';

/** Legacy cents are hundredths of any currency. Signs are dropped: refunds come with either. */
const toMoney = (amount: Amount, currency: string): Money | undefined =>
  amount.unit === 'decimal' ? money(amount.text, currency) : minorUnits(amount.text, currency, 2);

export interface Amounts {
  readonly revenue: Money | undefined;
  readonly payout: Money | undefined;
  readonly flags: readonly string[];
  /** An amount was sent that is no amount of money. */
  readonly unreadable: boolean;
}

/**
 * The order total in the stated currency. ClickBank's field note says that amounts are shown in US dollars while
 * `currency` is the buyer's, so anything but USD is flagged, and a total that cannot be of the stated currency
 * (cents of yen) is read as dollars.
 */
function revenueOf(
  message: Message,
  settings: ClickBankSettings,
): Omit<Amounts, 'payout' | 'unreadable'> {
  const { orderAmount, currency } = message;
  if (!orderAmount) return { revenue: undefined, flags: [] };
  const stated = settings.orderCurrency === 'usd' ? HOME : currencyCode(currency);
  if (stated === undefined)
    return { revenue: toMoney(orderAmount, HOME), flags: ['currency-assumed'] };
  const revenue = toMoney(orderAmount, stated) ?? toMoney(orderAmount, HOME);
  return { revenue, flags: stated === HOME ? [] : ['currency-doubtful'] };
}

/** What the buyer paid and what this account earned. */
export function amountsOf(message: Message, settings: ClickBankSettings): Amounts {
  const { revenue, flags } = revenueOf(message, settings);
  const payout = message.accountAmount && toMoney(message.accountAmount, HOME);
  const unreadable =
    (message.orderAmount !== undefined && !revenue) ||
    (message.accountAmount !== undefined && !payout);
  return { revenue, payout, flags, unreadable };
}
