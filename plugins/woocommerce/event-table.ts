import type { NativeEvent } from '#contract';
import type { Handler } from './message.js';
import { ordered } from './order.js';
import { subscribed } from './subscription.js';

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['order.created', ordered],
  ['order.updated', ordered],
  ['subscription.created', subscribed],
  ['subscription.updated', subscribed],
]);

const ignored = (note: string, ...natives: readonly string[]): readonly NativeEvent[] =>
  natives.map((native) => ({ native, becomes: 'ignored', note }));

const ORDER = ['order.created', 'order.updated'].flatMap((native): NativeEvent[] => [
  { native, becomes: 'SALE', note: 'status processing or completed' },
  { native, becomes: 'REBILL', note: 'a renewal of WooCommerce Subscriptions' },
  { native, becomes: 'REFUND', note: 'each of the listed refunds' },
  { native, becomes: 'CANCELED', note: 'status cancelled, paid before' },
]);

/** The event table shown to users. */
export const EVENT_TABLE: readonly NativeEvent[] = [
  ...ORDER,
  { native: 'subscription.created', becomes: 'link', note: 'subscription and first order' },
  { native: 'subscription.updated', becomes: 'link', note: 'the same' },
  { native: 'subscription.updated', becomes: 'CANCELED', note: 'status cancelled or expired' },
  ...ignored('holds the number only', 'order.deleted'),
  ...ignored('told by order.updated', 'order.restored'),
  ...ignored(
    'no fact for affiliates',
    'action.*',
    'coupon.*',
    'customer.*',
    'product.*',
    'subscription.*',
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
