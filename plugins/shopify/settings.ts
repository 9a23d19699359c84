import { Choice, Secret, Text, TextList } from '#contract';

/** What proves the messages of one store. */
export class ShopifyCredentials {
  @Secret({
    label: 'Signing secret',
    hint: 'Webhooks of an app: its client secret. Webhooks made in the store’s own settings: the secret shown below the list there.',
    pattern: /^(?!shpat_)/,
    patternRule: 'must be the client secret or the webhook secret, not an access token (shpat_…)',
    example: '${env:SHOPIFY_SECRET}',
  })
  secret!: string;

  @Text({
    label: 'Shop domain',
    hint: 'An app’s secret is the same for every shop that installs it: with this, messages of other shops are refused.',
    optional: true,
    pattern: /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/,
    patternRule: 'must be the permanent domain, such as acme.myshopify.com',
    example: 'acme.myshopify.com',
  })
  shopDomain?: string;

  @Secret({
    label: 'Admin API access token',
    hint: 'For the backfill, beside the shop domain: a custom app of the store with the scope read_orders. It is asked every hour for what no webhook told.',
    optional: true,
    pattern: /^shp[a-z]{2}_/,
    patternRule: 'must be an access token of the Admin API (shpat_…)',
    example: '${env:SHOPIFY_ACCESS_TOKEN}',
  })
  accessToken?: string;
}

/** How one store's messages are read. */
export class ShopifySettings {
  @Choice(['paid', 'created'], {
    label: 'A sale is',
    hint: 'paid (default): orders/paid; created: orders/create, also of orders that nobody has paid yet.',
    optional: true,
    example: 'paid',
  })
  sales: 'paid' | 'created' = 'paid';

  @Choice(['total_price', 'subtotal_price'], {
    label: 'Revenue',
    hint: 'total_price (default): with tax and shipping; subtotal_price: goods after discounts.',
    optional: true,
    example: 'total_price',
  })
  amountField: 'total_price' | 'subtotal_price' = 'total_price';

  @Choice(['shop', 'presentment'], {
    label: 'Currency of sales',
    hint: 'shop (default): the currency of the store; presentment: the one the buyer saw.',
    optional: true,
    example: 'shop',
  })
  currency: 'shop' | 'presentment' = 'shop';

  @TextList({
    label: 'Tags of renewals',
    hint: 'Tags by which a subscription app marks renewals. Default: Subscription Recurring Order.',
    optional: true,
    example: ['Subscription Recurring Order'],
  })
  rebillTags: readonly string[] = ['Subscription Recurring Order'];

  @TextList({
    label: 'Names that hold the click id',
    hint: 'Cart attributes or parameters of the landing page, in order of preference.',
    optional: true,
    example: ['click_id'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    label: 'Names that hold the affiliate',
    hint: 'Cart attributes or parameters of the landing page, in order of preference.',
    optional: true,
    example: ['affiliate_id'],
  })
  affiliateIdFrom?: readonly string[];
}
