import { Choice, Flag, isZone, Secret, Structured } from '#contract';

/** Fields of the message that can be the revenue of an event. */
export const REVENUE_FIELDS = [
  'amount_brutto',
  'amount_netto',
  'amount_vendor',
  'transaction_amount',
] as const;

/** Fields of the message that can be the payout of an event. */
export const PAYOUT_FIELDS = ['amount_affiliate', 'amount_payout', 'amount_vendor'] as const;

/** Fields of the message that can carry the click id. */
export const CLICK_FIELDS = ['click_id', 'trackingkey', 'custom', 'campaignkey'] as const;

/** What to make of an order id that ends in its `upsell_no`. */
export const UPSELL_RULES = ['parent', 'merge', 'off'] as const;

const zoneFaults = (value: unknown): readonly string[] =>
  typeof value === 'string' && isZone(value)
    ? []
    : ['must be an IANA time zone such as Europe/Berlin'];

/** Credentials of one Digistore24 IPN connection. */
export class Digistore24Credentials {
  @Secret({
    label: 'IPN passphrase',
    hint: 'The SHA passphrase typed into the IPN connection; at most 63 characters.',
    maxLength: 63,
    example: '${env:DIGISTORE24_PASSPHRASE}',
  })
  passphrase!: string;
}

/** How one connection's messages are read. */
export class Digistore24Settings {
  @Structured({
    label: 'Time zone of the message',
    hint: 'Digistore24 sends local times without an offset. Default Europe/Berlin.',
    optional: true,
    example: 'Europe/Berlin',
    faults: zoneFaults,
    schema: { type: 'string' },
  })
  timeZone?: string;

  @Choice(REVENUE_FIELDS, {
    label: 'Revenue field',
    hint: 'amount_brutto (default) is what the buyer paid, tax included.',
    optional: true,
    example: 'amount_brutto',
  })
  amountField?: (typeof REVENUE_FIELDS)[number];

  @Choice(PAYOUT_FIELDS, {
    label: 'Payout field',
    hint: 'amount_affiliate (default) is the commission of the affiliate; amount_payout is the share of this account.',
    optional: true,
    example: 'amount_affiliate',
  })
  payoutField?: (typeof PAYOUT_FIELDS)[number];

  @Choice(CLICK_FIELDS, {
    label: 'Click id field',
    hint: 'click_id (default) is what the promolink carried as ?cid=.',
    optional: true,
    example: 'click_id',
  })
  clickIdField?: (typeof CLICK_FIELDS)[number];

  @Choice(UPSELL_RULES, {
    label: 'Upsell order ids',
    hint: 'An upsell may come as ABC1231, the order id ABC123 and its number 1. parent (default): keep the id, name ABC123 as its parent; merge: book it under ABC123; off: take ids as they are.',
    optional: true,
    example: 'parent',
  })
  upsellOrders?: (typeof UPSELL_RULES)[number];

  @Flag({
    label: 'Affiliate from tags',
    hint: 'Take the first tag as the affiliate when affiliate_id is empty.',
    optional: true,
    example: false,
  })
  affiliateFromTags?: boolean;
}

/** The zone in force: the setting, else the network's own. */
export const zoneOf = (settings: Digistore24Settings): string =>
  settings.timeZone ?? 'Europe/Berlin';
