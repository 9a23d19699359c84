import { Choice, Flag, Secret, Text, TextMap, Url } from '#contract';

/** The types that become a conversion or a customer at Tapfiliate. */
const CONVERTING = ['LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD', 'SALE', 'REBILL'] as const;

/** What a user sets for one Tapfiliate account. Every name here is explained in README.md. */
export class TapfiliateSettings {
  @Secret({ label: 'API key', hint: 'Tapfiliate: Profile settings, API key', example: 'your key' })
  apiKey!: string;

  @Url({
    label: 'API base address',
    optional: true,
    example: 'https://api.tapfiliate.com/1.6/',
  })
  baseUrl?: string;

  @Text({
    label: 'Programme id',
    optional: true,
    hint: 'narrows look-ups by external_id to one programme',
    maxLength: 200,
  })
  programId?: string;

  @Text({ label: 'Programme group', optional: true, maxLength: 200 })
  programGroup?: string;

  @Choice(['click_id', 'referral_code', 'coupon', 'customer_id', 'tracking_id', 'auto'], {
    label: 'Attribution key',
    optional: true,
    hint: 'exactly one key is sent; auto takes the click, else the coupon, else the affiliate',
    example: 'click_id',
  })
  attributionKey?: AttributionKey | 'auto';

  @Choice(['auto', 'delivered-click', 'event'], {
    label: 'Where the Tapfiliate click id comes from',
    optional: true,
    hint: 'delivered-click: only from our own CLICK delivery; event: only from the event; auto: the first, else the second',
    example: 'auto',
  })
  clickIdFrom?: 'auto' | 'delivered-click' | 'event';

  @Text({ label: 'Commission type', optional: true, maxLength: 200, example: 'standard' })
  defaultCommissionType?: string;

  @TextMap({
    label: 'Commission type by event type',
    optional: true,
    keys: CONVERTING,
    example: { LEAD: 'lead' },
  })
  commissionTypes?: Readonly<Record<string, string>>;

  @Choice(['trial', 'lead', 'new'], {
    label: 'Customer track',
    optional: true,
    hint: 'set: a LEAD creates a customer with this status; unset: a conversion of amount 0',
    example: 'lead',
  })
  customerTrack?: 'trial' | 'lead' | 'new';

  @Flag({ label: 'Credit sales after the cookie time', optional: true })
  overrideMaxCookieTime?: boolean;

  @Flag({ label: 'Approve commissions at once', optional: true })
  autoApprove?: boolean;

  @Choice(['disapprove', 'adjust-amount'], {
    label: 'Partial refunds',
    optional: true,
    hint: 'disapprove: edit each commission; adjust-amount: edit the conversion and let Tapfiliate recalculate',
    example: 'disapprove',
  })
  refundMode?: 'disapprove' | 'adjust-amount';

  @Choice(['disapprove', 'ignore'], {
    label: 'CANCELED',
    optional: true,
    hint: 'ignore where a cancelled subscription must not take back what was already earned',
    example: 'disapprove',
  })
  canceled?: 'disapprove' | 'ignore';

  @Choice(['conversion', 'commission'], {
    label: 'REBILL',
    optional: true,
    hint: 'conversion: one of its own; commission: one more commission on the conversion of the sale',
    example: 'conversion',
  })
  rebill?: 'conversion' | 'commission';
}

/** The attribution fields of `POST /conversions/` that this plugin can fill. */
export type AttributionKey =
  'click_id' | 'referral_code' | 'coupon' | 'customer_id' | 'tracking_id';
