import { Choice, Secret, TextList } from '#contract';

/** What Stripe gives to one webhook endpoint. */
export class StripeCredentials {
  @Secret({
    label: 'Signing secret',
    hint: 'Workbench → Webhooks → your endpoint → Signing secret. Each endpoint, each mode and the CLI has its own.',
    example: 'whsec_…',
    pattern: /^(?!(?:sk|pk|rk|we)_)/,
    patternRule:
      'must be the signing secret of the endpoint (whsec_…), not an API key or an endpoint id',
  })
  signingSecret!: string;

  @Secret({
    label: 'API key',
    hint: 'For the backfill: with it, events of the last 30 days that no webhook told are asked for every hour. A restricted key that may read events is enough.',
    optional: true,
    example: 'rk_live_…',
    pattern: /^(?:sk|rk)_/,
    patternRule: 'must be a secret or restricted API key (sk_… or rk_…)',
  })
  apiKey?: string;
}

/** Which of several messages about the same money counts, and where the click id travels. */
export class StripeSettings {
  @Choice(['auto', 'checkout', 'payment-intents'], {
    label: 'One-off sales are read from',
    hint:
      'auto: Checkout Sessions, and PaymentIntents that carry a click, affiliate or coupon of their own; ' +
      'checkout: Checkout Sessions only; payment-intents: PaymentIntents only (own payment form).',
    optional: true,
    example: 'auto',
  })
  sales: 'auto' | 'checkout' | 'payment-intents' = 'auto';

  @Choice(['invoice', 'checkout'], {
    label: 'The first sale of a subscription is read from',
    hint:
      'invoice: the first paid invoice, attributed by the metadata of the subscription; ' +
      'checkout: the Checkout Session, attributed by client_reference_id (misses subscriptions made without Checkout).',
    optional: true,
    example: 'invoice',
  })
  subscriptionSale: 'invoice' | 'checkout' = 'invoice';

  @Choice(['ignore', 'sale'], {
    label: 'Paid invoices without a subscription',
    hint: 'Leave on ignore when Checkout creates invoices for one-off payments: the session is the sale already.',
    optional: true,
    example: 'ignore',
  })
  oneOffInvoices: 'ignore' | 'sale' = 'ignore';

  @Choice(['auto', 'refund-objects', 'charge-refunded'], {
    label: 'Refunds are read from',
    hint:
      'refund-objects: refund.created; charge-refunded: charge.refunded only; ' +
      'auto: both, each refund once, and what could be counted twice is parked for you to decide.',
    optional: true,
    example: 'auto',
  })
  refunds: 'auto' | 'refund-objects' | 'charge-refunded' = 'auto';

  @TextList({
    label: 'Names that hold the click id',
    hint: 'Metadata keys in order of preference; client_reference_id means the field of the Checkout Session.',
    optional: true,
    example: ['click_id', 'client_reference_id'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    label: 'Names that hold the affiliate',
    hint: 'Metadata keys in order of preference; client_reference_id may stand here too.',
    optional: true,
    example: ['affiliate_id'],
  })
  affiliateIdFrom?: readonly string[];
}
