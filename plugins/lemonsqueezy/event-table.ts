import type { NativeEvent } from '#contract';
import type { Handler } from './message.js';
import { ordered, orderRefunded } from './order.js';
import { created, paid, paymentRefunded, stopped } from './subscription.js';

type Row = NativeEvent & { readonly handle: Handler };

const row = (
  native: string,
  becomes: NativeEvent['becomes'],
  handle: Handler,
  note?: string,
): Row => ({ native, becomes, handle, ...(note === undefined ? {} : { note }) });

const ignored = (note: string, ...natives: readonly string[]): readonly Row[] =>
  natives.map((native) => row(native, 'ignored', () => [], note));

const ROWS: readonly Row[] = [
  row('order_created', 'SALE', ordered, 'also the first payment of a subscription'),
  row('order_refunded', 'REFUND', orderRefunded, 'full or partial'),
  row('subscription_created', 'link', created, 'subscription and order are one purchase'),
  row('subscription_payment_success', 'REBILL', paid, 'not the first payment'),
  row('subscription_payment_refunded', 'REFUND', paymentRefunded, 'not of the first payment'),
  row('subscription_cancelled', 'CANCELED', stopped, 'access runs to the paid end'),
  row('subscription_expired', 'CANCELED', stopped, 'only where it was not cancelled before'),
  ...ignored(
    'no money; what matters is told by others',
    'subscription_updated',
    'subscription_resumed',
    'subscription_paused',
    'subscription_unpaused',
    'subscription_unpaid',
    'subscription_plan_changed',
    'subscription_payment_failed',
  ),
  ...ignored('its success is told as well', 'subscription_payment_recovered'),
  ...ignored(
    'no fact for affiliates',
    'license_key_created',
    'license_key_updated',
    'affiliate_activated',
    'customer_updated',
  ),
];

/** The event table shown to users. */
export const EVENT_TABLE: readonly NativeEvent[] = ROWS.map(({ handle: _code, ...shown }) => shown);

const BY_NAME: ReadonlyMap<string, Handler> = new Map(
  ROWS.map(({ native, handle }) => [native, handle]),
);

/** What to do with an event name, or undefined for one that we do not know. */
export const handlerOf = (name: string): Handler | undefined => BY_NAME.get(name);
