import { Choice, Flag, Secret, TextList } from '#contract';

/** Sums of a transaction that can be the revenue of an event. */
export const REVENUE_FIELDS = ['grand_total', 'total', 'subtotal', 'earnings'] as const;

/** What Paddle gives to one notification destination. */
export class PaddleCredentials {
  @Secret({
    label: 'Secret key',
    hint: 'Developer tools → Notifications → your destination → Secret key. Each destination has its own.',
    pattern: /^(?!pdl_(?:live|sdbx)_apikey_)/,
    patternRule: 'must be the secret key of the destination (pdl_ntfset_…), not an API key',
    example: '${env:PADDLE_SECRET_KEY}',
  })
  secretKey!: string;

  @Secret({
    label: 'API key',
    hint: 'For the backfill: Developer tools → Authentication → New API key with the permission to read events (notification settings). It is asked every hour for what no notification told.',
    optional: true,
    pattern: /^(?!pdl_ntfset_)/,
    patternRule: 'must be an API key (pdl_live_apikey_…), not the secret key of a destination',
    example: '${env:PADDLE_API_KEY}',
  })
  apiKey?: string;
}

/** How one destination's messages are read. */
export class PaddleSettings {
  @Flag({
    label: 'Sandbox',
    hint: 'The messages of the sandbox look like live ones: true makes every event of this account a test.',
    optional: true,
    example: false,
  })
  sandbox: boolean = false;

  @Choice(REVENUE_FIELDS, {
    label: 'Revenue',
    hint: 'grand_total (default): paid, tax included, after credit; total: before credit; subtotal: without tax; earnings: what Paddle leaves you.',
    optional: true,
    example: 'grand_total',
  })
  amountField: (typeof REVENUE_FIELDS)[number] = 'grand_total';

  @TextList({
    label: 'Names that hold the click id',
    hint: 'Keys of custom_data in order of preference.',
    optional: true,
    example: ['click_id'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    label: 'Names that hold the affiliate',
    hint: 'Keys of custom_data in order of preference.',
    optional: true,
    example: ['affiliate_id'],
  })
  affiliateIdFrom?: readonly string[];
}
