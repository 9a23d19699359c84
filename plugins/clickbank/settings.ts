import { Choice, Secret, Text, TextList } from '#contract';

/** One ClickBank account. */
export class ClickBankCredentials {
  @Text({
    label: 'Account nickname',
    hint: 'The nickname of this account. For an affiliate account it is the affiliate nickname.',
    example: 'mystore',
    maxLength: 64,
    pattern: /^[A-Za-z0-9_.-]+$/,
    patternRule: 'must be the account nickname: letters and digits only',
  })
  vendor!: string;

  @Secret({
    label: 'Secret key',
    hint: 'Vendor Settings → My Site → Advanced Tools → Secret Key: up to 16 capitals and digits.',
    example: 'A1B2C3D4E5F6G7H8',
    maxLength: 64,
  })
  secretKey!: string;

  @Secret({
    label: 'API key',
    hint: 'For the backfill from the Orders API: Accounts → Vendor (or Affiliate) Settings → API Management, a key with the role that reads orders. Old pairs: developer key, a colon, clerk key.',
    optional: true,
    pattern: /^(?:API|DEV)-[A-Z0-9]+(?::API-[A-Z0-9]+)?$/,
    patternRule: 'must be API-…, or DEV-…:API-…',
    example: '${env:CLICKBANK_API_KEY}',
  })
  apiKey?: string;
}

/** How the account's messages are read. */
export class ClickBankSettings {
  @Choice(['stated', 'usd'], {
    label: 'Currency of order totals',
    hint:
      'stated: the currency field of the message (the buyer’s); usd: order totals are in US dollars whatever the ' +
      'message says. Amounts of the account itself are always US dollars.',
    optional: true,
    example: 'stated',
  })
  orderCurrency: 'stated' | 'usd' = 'stated';

  @TextList({
    label: 'Roles that count',
    hint:
      'VENDOR, AFFILIATE, JV_UPSELL …; messages of other roles are acknowledged and not recorded. Default: all. ' +
      'Set it when one account is both vendor and affiliate of the same orders.',
    optional: true,
    example: ['VENDOR'],
  })
  roles?: readonly string[];

  @TextList({
    label: 'Names that hold the click id',
    hint:
      'In order of preference: names of vendor variables or affiliate tracking parameters; trackingCodes means the ' +
      'first tracking code (tid or vtid).',
    optional: true,
    example: ['extclid', 'click_id', 'trackingCodes'],
  })
  clickIdFrom?: readonly string[];
}
