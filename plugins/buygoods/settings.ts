import { Choice, currencyCode, isZone, Secret, Structured, Text } from '#contract';

/** Fields of the IPN that can be the revenue of an event. */
export const REVENUE_FIELDS = ['total_clean', 'total_amount_charged'] as const;

/** Fields of the IPN that can be the payout of an event. */
export const PAYOUT_FIELDS = ['aff_commission', 'merchant_commission'] as const;

/** Fields that can carry the click id, in both feeds. */
export const CLICK_FIELDS = [
  'subid',
  'subid2',
  'subid3',
  'subid4',
  'subid5',
  'sid',
  'sid2',
  'vid1',
  'vid2',
  'vid3',
  'referrer_sid',
] as const;

const zoneFaults = (value: unknown): readonly string[] =>
  typeof value === 'string' && isZone(value)
    ? []
    : ['must be an IANA time zone such as America/New_York'];

const currencyFaults = (value: unknown): readonly string[] =>
  typeof value === 'string' && currencyCode(value) === value
    ? []
    : ['must be an ISO 4217 code in capitals such as USD'];

/** Credentials of one BuyGoods account: its number, and the secret that stands last in the URL of the gateway. */
export class BuyGoodsCredentials {
  @Text({
    label: 'BuyGoods account id',
    hint: 'The number of the vendor account (account_id); for affiliate postbacks the value written into the URL.',
    maxLength: 64,
    example: '10200',
  })
  accountId!: string;

  @Secret({
    label: 'Path token',
    hint: 'Random text of at least 22 letters, digits, _ or -; the last part of the URL. BuyGoods signs nothing, so this is the only proof.',
    minLength: 22,
    maxLength: 200,
    pattern: /^[A-Za-z0-9_-]+$/,
    patternRule: 'must hold letters, digits, _ and - only',
    example: '${env:BUYGOODS_PATH_TOKEN}',
  })
  pathToken!: string;
}

/** How one account's messages are read. */
export class BuyGoodsSettings {
  @Structured({
    label: 'Time zone of the message',
    hint: 'rr_createdate has no offset. Default America/New_York.',
    optional: true,
    example: 'America/New_York',
    faults: zoneFaults,
    schema: { type: 'string' },
  })
  timeZone?: string;

  @Structured({
    label: 'Currency where the message names none',
    hint: 'Affiliate postbacks name none. Default USD.',
    optional: true,
    example: 'USD',
    faults: currencyFaults,
    schema: { type: 'string' },
  })
  currency?: string;

  @Choice(REVENUE_FIELDS, {
    label: 'Revenue field',
    hint: 'total_clean (default) includes tax; total_amount_charged is price and shipping without tax.',
    optional: true,
    example: 'total_clean',
  })
  amountField?: (typeof REVENUE_FIELDS)[number];

  @Choice(PAYOUT_FIELDS, {
    label: 'Payout field',
    hint: 'aff_commission (default) is what the affiliate earns.',
    optional: true,
    example: 'aff_commission',
  })
  payoutField?: (typeof PAYOUT_FIELDS)[number];

  @Choice(CLICK_FIELDS, {
    label: 'Click id field',
    hint: 'Default subid. Of referrer_sid, which holds several joined by |, the first counts.',
    optional: true,
    example: 'subid',
  })
  clickIdField?: (typeof CLICK_FIELDS)[number];
}

/** The zone in force: the setting, else the network's own. */
export const zoneOf = (settings: BuyGoodsSettings): string =>
  settings.timeZone ?? 'America/New_York';

/** ISO code for messages that name no currency. */
export const defaultCurrency = (settings: BuyGoodsSettings): string => settings.currency ?? 'USD';
