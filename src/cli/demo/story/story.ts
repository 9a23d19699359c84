import type { Beat, Scene } from '../beat.js';
import { moneyBack } from './money-back.js';
import { sales } from './sales.js';
import { strangers } from './strangers.js';
import { trouble } from './trouble.js';
import { everyOther } from './every-other.js';
import { visitors } from './visitors.js';

/** Notifications that come a second time, as every network sends them when it was in doubt. */
const repeats: Scene = {
  title: 'The same notifications again',
  beats: [
    ['stripe', 'checkout-sale', 'Stripe sends the sale again'],
    ['clickbank', 'sale-retried', 'ClickBank tries a second time'],
    ['digistore24', 'sale', 'Digistore24 repeats itself'],
    ['buygoods', 'sale', 'BuyGoods repeats itself'],
    ['crm', 'shop-sale', 'the CRM saves the deal again'],
  ].map(([source, fixture, title]) => ({
    name: `${source}-again`,
    source: source as Beat['source'],
    fixture: fixture ?? '',
    title: title ?? '',
    again: true,
  })),
};

/** The whole story. `aDayAgo`: ISO date of a purchase whose click can no longer turn up late. */
export const story = (aDayAgo: string): readonly Scene[] => [
  sales,
  repeats,
  moneyBack,
  strangers,
  visitors,
  ...everyOther,
  trouble(aDayAgo),
];
