import { Flag, Secret, Text, TextList, Url } from '#contract';

/** What was typed into one webhook of the store. */
export class WooCommerceCredentials {
  @Secret({
    label: 'Secret',
    hint: 'The Secret of the webhook. WooCommerce signs with an empty one too, so it must not be left empty.',
    minLength: 8,
    example: '${env:WOOCOMMERCE_SECRET}',
  })
  secret!: string;

  @Url({
    label: 'Address of the store',
    hint: 'For the backfill, with the two keys: where WordPress lives, without /wp-json.',
    optional: true,
    example: 'https://shop.example',
  })
  storeUrl?: string;

  @Text({
    label: 'Consumer key',
    hint: 'WooCommerce → Settings → Advanced → REST API → Add key, permission Read. Orders that no webhook told are asked for every hour.',
    optional: true,
    pattern: /^ck_/,
    patternRule: 'must be a consumer key (ck_…)',
    example: 'ck_0123456789abcdef',
  })
  consumerKey?: string;

  @Secret({
    label: 'Consumer secret',
    hint: 'Shown once, beside the consumer key.',
    optional: true,
    pattern: /^cs_/,
    patternRule: 'must be a consumer secret (cs_…)',
    example: '${env:WOOCOMMERCE_CONSUMER_SECRET}',
  })
  consumerSecret?: string;
}

/** How one store's messages are read. */
export class WooCommerceSettings {
  @TextList({
    label: 'Statuses of a sale',
    hint: 'Orders in one of these count as sold. Default processing and completed.',
    optional: true,
    example: ['processing', 'completed'],
  })
  paidStatuses: readonly string[] = ['processing', 'completed'];

  @Flag({
    label: 'Test store',
    hint: 'Orders do not say whether they are tests: true makes every event of this account one.',
    optional: true,
    example: false,
  })
  testStore: boolean = false;

  @TextList({
    label: 'Names that hold the click id',
    hint: 'Keys of the order’s meta data, without a leading underscore, in order of preference.',
    optional: true,
    example: ['click_id'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    label: 'Names that hold the affiliate',
    hint: 'Keys of the order’s meta data, without a leading underscore, in order of preference.',
    optional: true,
    example: ['affiliate_id'],
  })
  affiliateIdFrom?: readonly string[];
}
