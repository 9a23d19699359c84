import type { NativeEvent } from '#contract';
import { disputed, reversed } from './chargeback.js';
import type { Handler } from './message.js';
import { captured, sold } from './payment.js';
import { refunded } from './refund.js';
import { activated, ended } from './subscription.js';

const nothing: Handler = () => [];

type Row = NativeEvent & { readonly handle: Handler };

const row = (
  native: string,
  becomes: NativeEvent['becomes'],
  handle: Handler,
  note?: string,
): Row => ({ native, becomes, handle, ...(note === undefined ? {} : { note }) });

const ignored = (note: string, ...natives: readonly string[]): readonly Row[] =>
  natives.map((native) => row(native, 'ignored', nothing, note));

const ROWS: readonly Row[] = [
  row('PAYMENT.CAPTURE.COMPLETED', 'SALE', captured),
  row('PAYMENT.SALE.COMPLETED', 'SALE', sold, 'one-off'),
  row('PAYMENT.SALE.COMPLETED', 'REBILL', sold, 'a payment of a subscription'),
  row('BILLING.SUBSCRIPTION.ACTIVATED', 'SALE', activated, 'without money; see subscriptionSale'),
  row('PAYMENT.CAPTURE.REFUNDED', 'REFUND', refunded),
  row('PAYMENT.SALE.REFUNDED', 'REFUND', refunded),
  row('PAYMENT.CAPTURE.REVERSED', 'CHARGEBACK', reversed),
  row('PAYMENT.SALE.REVERSED', 'CHARGEBACK', reversed),
  row('CUSTOMER.DISPUTE.CREATED', 'CHARGEBACK', disputed, 'not while an inquiry'),
  row('CUSTOMER.DISPUTE.UPDATED', 'CHARGEBACK', disputed, 'same event as created'),
  row('CUSTOMER.DISPUTE.RESOLVED', 'CHARGEBACK_REVERSED', disputed, 'only for the seller'),
  row('BILLING.SUBSCRIPTION.CANCELLED', 'CANCELED', ended),
  row('BILLING.SUBSCRIPTION.EXPIRED', 'CANCELED', ended),
  row('BILLING.SUBSCRIPTION.SUSPENDED', 'CANCELED', ended, 'can be resumed'),
  ...ignored('no sale yet', 'CHECKOUT.*', 'PAYMENTS.PAYMENT.CREATED', 'PAYMENT.AUTHORIZATION.*'),
  ...ignored(
    'no money',
    'PAYMENT.CAPTURE.PENDING',
    'PAYMENT.CAPTURE.DENIED',
    'PAYMENT.CAPTURE.DECLINED',
    'PAYMENT.SALE.PENDING',
    'PAYMENT.SALE.DENIED',
    'PAYMENT.REFUND.PENDING',
    'PAYMENT.ORDER.*',
  ),
  ...ignored(
    'life of a subscription',
    'BILLING.SUBSCRIPTION.CREATED',
    'BILLING.SUBSCRIPTION.UPDATED',
    'BILLING.SUBSCRIPTION.RE-ACTIVATED',
    'BILLING.SUBSCRIPTION.PAYMENT.FAILED',
  ),
  ...ignored('former twin of CUSTOMER.DISPUTE.CREATED', 'RISK.DISPUTE.CREATED'),
  ...ignored(
    'no fact for affiliates',
    'BILLING.PLAN.*',
    'BILLING_AGREEMENTS.*',
    'CATALOG.*',
    'CUSTOMER.MERCHANT-MIGRATION.*',
    'CUSTOMER.PARTNER-CONSENT.*',
    'IDENTITY.*',
    'INVOICING.*',
    'MERCHANT.*',
    'PAYMENT.PAYOUTS-ITEM.*',
    'PAYMENT.PAYOUTSBATCH.*',
    'PAYMENT.REFERENCED-PAYOUT-ITEM.*',
    'VAULT.*',
  ),
];

/** The event table shown to users. */
export const EVENT_TABLE: readonly NativeEvent[] = ROWS.map(({ handle: _code, ...shown }) => shown);

const exact: ReadonlyMap<string, Handler> = new Map(
  ROWS.filter(({ native }) => !native.endsWith('*')).map(({ native, handle }) => [native, handle]),
);

const families = ROWS.filter(({ native }) => native.endsWith('*')).map(({ native }) =>
  native.slice(0, -1),
);

/** What to do with an event type, or undefined for one that we do not know. */
export const handlerOf = (type: string): Handler | undefined =>
  exact.get(type) ?? (families.some((family) => type.startsWith(family)) ? nothing : undefined);
