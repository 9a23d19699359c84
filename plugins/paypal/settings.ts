import { Choice, Secret, Text } from '#contract';

/** Which PayPal world a webhook belongs to. */
export type Environment = 'live' | 'sandbox';

/** What PayPal gives to one webhook of an app. */
export class PayPalCredentials {
  @Text({
    label: 'Webhook id',
    hint: 'Apps & Credentials → your app → Webhooks: the id beside the URL. It is part of the signed text; each webhook, live or sandbox, has its own.',
    pattern: /^(?!WH-)[A-Za-z0-9]+$/,
    patternRule: 'must be the id of the webhook, not of an event (WH-…)',
    maxLength: 64,
    example: '4JH86294D6297924G',
  })
  webhookId!: string;

  @Choice(['live', 'sandbox'], {
    label: 'Environment',
    hint: 'sandbox: certificates come from sandbox hosts only and every event is a test. Default live.',
    optional: true,
    example: 'live',
  })
  environment: Environment = 'live';

  @Text({
    label: 'Client id',
    hint: 'Apps & Credentials → your app. With the client secret: events that no webhook told are asked for every hour.',
    optional: true,
    maxLength: 200,
    example: 'AeA1QIZXiflr1_-r0U2UbWTziOWX1GRQer5jkUq4ZfWT5qwb6qQRPq7jDtv57TL4POEEezGLdutcxnkJ',
  })
  clientId?: string;

  @Secret({
    label: 'Client secret',
    hint: 'Of the same app, beside the client id.',
    optional: true,
    example: '${env:PAYPAL_CLIENT_SECRET}',
  })
  clientSecret?: string;

  /** Got with the two, never configured. */
  readonly accessToken?: string;
}

/** How one webhook's messages are read. */
export class PayPalSettings {
  @Choice(['custom_id', 'invoice_id'], {
    label: 'Click id field',
    hint: 'custom_id (default) also reads the custom of older payments; invoice_id the invoice_number.',
    optional: true,
    example: 'custom_id',
  })
  clickIdField: 'custom_id' | 'invoice_id' = 'custom_id';

  @Choice(['activation', 'payments'], {
    label: 'The sale of a subscription is read from',
    hint: 'PayPal does not say which payment is the first. activation (default): the start is a SALE without money and every payment a REBILL; payments: every payment is a SALE.',
    optional: true,
    example: 'activation',
  })
  subscriptionSale: 'activation' | 'payments' = 'activation';

  @Choice(['both', 'disputes', 'reversals'], {
    label: 'Chargebacks are read from',
    hint: 'both (default): disputes and reversed payments, counted once per payment, the second shown as a conflict; or one of them.',
    optional: true,
    example: 'both',
  })
  chargebacks: 'both' | 'disputes' | 'reversals' = 'both';
}
