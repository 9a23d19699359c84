import { Choice, Secret, TextList } from '#contract';

/** Sums of an order or invoice that can be the revenue of an event. */
export const REVENUE_FIELDS = ['total', 'subtotal'] as const;

/** What was typed into one webhook of a store. */
export class LemonSqueezyCredentials {
  @Secret({
    label: 'Signing secret',
    hint: 'Settings → Webhooks: the text typed into Signing secret (6 to 40 characters).',
    minLength: 6,
    maxLength: 255,
    example: '${env:LEMONSQUEEZY_SIGNING_SECRET}',
  })
  signingSecret!: string;
}

/** How one webhook's messages are read. */
export class LemonSqueezySettings {
  @Choice(REVENUE_FIELDS, {
    label: 'Revenue',
    hint: 'total (default): paid, tax included; subtotal: before tax and discount. Refunds are always told as refunded.',
    optional: true,
    example: 'total',
  })
  amountField: (typeof REVENUE_FIELDS)[number] = 'total';

  @TextList({
    label: 'Names that hold the click id',
    hint: 'Keys of the custom data in order of preference.',
    optional: true,
    example: ['click_id'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    label: 'Names that hold the affiliate',
    hint: 'Keys of the custom data in order of preference.',
    optional: true,
    example: ['affiliate_id'],
  })
  affiliateIdFrom?: readonly string[];
}
