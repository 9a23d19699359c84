import { Choice, Flag, Secret, Text, TextMap, Url } from '#contract';

/** Types that become a conversion or a goal. */
export const CONVERTING = ['LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD', 'SALE', 'REBILL'] as const;

/** Fields that an advertiser may fill freely. Order ids belong into the unique ones. */
const FREE_FIELDS = [
  'adv_unique1',
  'adv_unique2',
  'adv_unique3',
  'adv_unique4',
  'adv_unique5',
  'adv_sub',
  'adv_sub2',
  'adv_sub3',
  'adv_sub4',
  'adv_sub5',
] as const;

const DIGITS = /^\d{1,15}$/;

/** What a user sets for one TUNE (HasOffers) network. Every name here is explained in README.md. */
export class TuneSettings {
  @Url({
    label: 'Tracking address',
    hint: 'scheme and host of the network: its go2cloud.org name or its own tracking domain',
    example: 'https://examplenetwork.go2cloud.org',
  })
  trackingUrl!: string;

  @Text({
    label: 'Offer id',
    optional: true,
    hint: 'must be the offer of the click when it is given',
    pattern: DIGITS,
    patternRule: 'must be a number',
    example: '26',
  })
  offerId?: string;

  @TextMap({
    label: 'Goal id by event type',
    optional: true,
    hint: 'the word default means the conversion of the offer itself',
    keys: CONVERTING,
    example: { LEAD: '12', SALE: 'default' },
  })
  goalIds?: Readonly<Record<string, string>>;

  @Secret({ label: 'Security token', optional: true, hint: 'the token of the advertiser' })
  securityToken?: string;

  @Choice(FREE_FIELDS, {
    label: 'Field for the order id',
    optional: true,
    example: 'adv_unique1',
  })
  orderIdField?: string;

  @Flag({ label: 'Send the payout too', optional: true })
  sendPayout?: boolean;

  @Flag({
    label: 'Send conversion_unique_id',
    optional: true,
    hint: 'a name that never expires, against doubles',
  })
  uniqueId?: boolean;

  @TextMap({
    label: 'Status by event type',
    optional: true,
    hint: 'approved, pending or rejected; unset: as the offer says',
    keys: CONVERTING,
    example: { SALE: 'pending' },
  })
  statuses?: Readonly<Record<string, string>>;

  @Text({
    label: 'Network id',
    optional: true,
    hint: 'with the token: refunds and status changes by the network API',
    pattern: /^[A-Za-z0-9-]{1,63}$/,
    patternRule: 'must be the network id, a single host name label',
    example: 'examplenetwork',
  })
  networkId?: string;

  @Secret({ label: 'Network token', optional: true })
  networkToken?: string;

  @Url({
    label: 'API address',
    optional: true,
    example: 'https://examplenetwork.api.hasoffers.com/Apiv3/json',
  })
  apiUrl?: string;

  @Flag({
    label: 'Read the conversion back',
    optional: true,
    hint: 'one API call after each conversion, to learn its tune_event_id',
  })
  readBack?: boolean;
}
