import type { Beat, Scene } from '../beat.js';

/** Sample click of first-party traffic: it looks minted by a gateway, so it must be one that this gateway minted. */
const OWN_CLICK = 'k7q2m5a3xw4tzrb6hd2yfn5uge';

type Line = readonly [source: string, fixture: string, title: string, more?: Partial<Beat>];

/** Names of beats: the source and its place. `of`: the fixture of the same source that is taken back. */
const beats = (lines: readonly Line[]): readonly Beat[] =>
  lines.map(([source, fixture, title, more]) => ({
    name: `${source}-${fixture}`,
    source,
    fixture,
    title,
    ...more,
    ...(more?.of === undefined ? {} : { of: `${source}-${more.of}` }),
  }));

/** Shops and checkouts beside those of the long story: a sale each, and what some of them take back. */
const checkouts: Scene = {
  title: 'Every other shop and checkout',
  brief: true,
  beats: beats([
    ['shopify', 'sale', 'an order is paid', { swap: { 'clk-sh-001': '@bert' } }],
    ['shopify', 'refund', 'and refunded', { of: 'sale' }],
    ['woocommerce', 'sale', 'an order is paid'],
    ['paypal', 'sale', 'a capture, RSA signature'],
    ['paypal', 'refund', 'and refunded', { of: 'sale' }],
    ['paddle', 'sale', 'a transaction'],
    ['paddle', 'chargeback', 'disputed …', { of: 'sale' }],
    ['paddle', 'chargeback-reversed', '… and won', { of: 'sale' }],
    ['lemonsqueezy', 'sale', 'an order'],
    ['lemonsqueezy', 'refund-partial', 'part of it goes back', { of: 'sale' }],
    ['gumroad', 'sale', 'a ping'],
    ['hotmart', 'sale', 'a purchase in BRL'],
    ['jvzoo', 'sale', 'a sale'],
    ['jvzoo', 'upsell', 'its upsell'],
    ['warriorplus', 'sale', 'a sale'],
    ['thrivecart', 'sale', 'an order'],
    ['thrivecart', 'rebill', 'its second payment'],
  ]),
};

/** What a page, an app and somebody else's tracker tell. */
const firstHand: Scene = {
  title: 'Forms, own pages and postbacks',
  brief: true,
  beats: beats([
    ['typeform', 'response', 'a form is filled in'],
    ['calendly', 'booked', 'a call is booked'],
    ['track', 'sale', 'a shop of our own, with key', { swap: { [OWN_CLICK]: '@ada' } }],
    ['track', 'lead-by-form', 'a page, by its origin'],
    ['postback-in', 'sale-posted-json', 'a tracker', { swap: { [OWN_CLICK]: '@bert' } }],
    ['postback-in', 'mobile-purchase', 'an app', { swap: { [OWN_CLICK]: '@ada' } }],
  ]),
};

/** The moment of HubSpot's samples, milliseconds. */
const WON_AT = '1795168770000';

const ADA = { attribution: { clickId: '@ada' } };
const DEAL = { revenue: { amount: 49_000, currency: 'EUR' }, ...ADA };

/** HubSpot tells ids only: amount, currency and click are looked up at its API before the event is known. */
const deal: Scene = {
  title: 'A deal in a CRM, from lead to lost',
  beats: beats([
    ['hubspot', 'contact-created', 'a contact is made: its click is looked up', { learns: ADA }],
    ['hubspot', 'deal-won', 'its deal is won: the amount is looked up', { learns: DEAL }],
    [
      'hubspot',
      'deal-won-retry',
      'somebody saves the deal again',
      { known: true, swap: { [WON_AT]: '1795168780000' } },
    ],
    [
      'hubspot',
      'deal-lost',
      'the deal is lost after all: the sale is taken back',
      { of: 'deal-won', learns: ADA, swap: { [WON_AT]: '1795168790000', '7002': '7001' } },
    ],
  ]),
};

const crms: Scene = {
  title: 'Every other CRM',
  brief: true,
  beats: beats([
    ['salesforce', 'opportunity-won', 'outbound message, an opportunity is won'],
    ['pipedrive', 'deal-jpy', 'a deal is won, in yen'],
    ['zoho', 'deal-created-won', 'a deal is won'],
    ['dynamics', 'opportunity-won', 'an opportunity is won'],
    ['close', 'opportunity-won-monthly', 'an opportunity is won'],
    ['activecampaign', 'deal-won', 'a deal is won'],
    ['gohighlevel', 'order-completed', 'an order is paid'],
    ['keap', 'contact-added', 'a contact is added'],
  ]),
};

/** Every source that the long story leaves out. */
export const everyOther: readonly Scene[] = [checkouts, firstHand, deal, crms];
