import type { NativeEvent } from '#contract';
import { disputed } from './dispute.js';
import type { Handler } from './message.js';
import { cancelled, sold } from './order.js';
import { refunded } from './refund.js';

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['orders/paid', sold],
  ['orders/create', sold],
  ['orders/cancelled', cancelled],
  ['refunds/create', refunded],
  ['disputes/create', disputed],
  ['disputes/update', disputed],
]);

const ignored = (note: string, ...natives: readonly string[]): readonly NativeEvent[] =>
  natives.map((native) => ({ native, becomes: 'ignored', note }));

/** The event table shown to users. */
export const EVENT_TABLE: readonly NativeEvent[] = [
  { native: 'orders/paid', becomes: 'SALE' },
  { native: 'orders/paid', becomes: 'REBILL', note: 'marked by tag or source' },
  { native: 'orders/create', becomes: 'SALE', note: 'only with the setting sales: created' },
  { native: 'orders/create', becomes: 'REBILL', note: 'the same, marked by tag or source' },
  { native: 'refunds/create', becomes: 'REFUND', note: 'not a restock without money' },
  { native: 'disputes/create', becomes: 'CHARGEBACK', note: 'not an inquiry' },
  { native: 'disputes/update', becomes: 'CHARGEBACK', note: 'same event as create' },
  { native: 'disputes/update', becomes: 'CHARGEBACK_REVERSED', note: 'status won' },
  { native: 'orders/cancelled', becomes: 'CANCELED' },
  ...ignored('told by the topics above', 'orders/*', 'order_transactions/*', 'refunds/*'),
  ...ignored(
    'privacy topics of public apps: answered only',
    'customers/data_request',
    'customers/redact',
    'shop/redact',
  ),
  ...ignored(
    'no fact for affiliates',
    'app/*',
    'carts/*',
    'checkouts/*',
    'collections/*',
    'customers/*',
    'draft_orders/*',
    'fulfillments/*',
    'inventory_items/*',
    'inventory_levels/*',
    'products/*',
    'shop/*',
    'subscription_billing_attempts/*',
    'subscription_contracts/*',
    'themes/*',
  ),
];

const IGNORED = EVENT_TABLE.filter(({ becomes }) => becomes === 'ignored').map(
  ({ native }) => native,
);

const matches = (native: string, topic: string): boolean =>
  native.endsWith('*') ? topic.startsWith(native.slice(0, -1)) : native === topic;

/** What to do with a topic, or undefined for one that we do not know. */
export const handlerOf = (topic: string): Handler | undefined =>
  HANDLERS.get(topic) ?? (IGNORED.some((native) => matches(native, topic)) ? () => [] : undefined);
