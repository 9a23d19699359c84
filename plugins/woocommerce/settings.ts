import { Flag, Secret, TextList } from '#contract';

/** What was typed into one webhook of the store. */
export class WooCommerceCredentials {
  @Secret({
    label: 'Secret',
    hint: 'The Secret of the webhook. WooCommerce signs with an empty one too, so it must not be left empty.',
    minLength: 8,
    example: '${env:WOOCOMMERCE_SECRET}',
  })
  secret!: string;
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
