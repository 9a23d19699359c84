import {
  AFFILIATE_ID_FROM,
  CLICK_ID_FROM,
  CURRENCY,
  Flag,
  Secret,
  Stages,
  Text,
  TextList,
  type StageMap,
} from '#contract';

/** What HubSpot gives to one app. */
export class HubSpotCredentials {
  @Secret({
    label: 'Client secret',
    hint: 'App → Auth → Client secret. It signs the webhooks; not the access token.',
    minLength: 16,
    example: '${env:HUBSPOT_CLIENT_SECRET}',
  })
  clientSecret!: string;

  @Text({
    label: 'Portal id',
    hint: 'Your HubSpot account number. Needed when the app is installed in several accounts: all share one secret.',
    optional: true,
    pattern: /^\d{1,20}$/,
    patternRule: 'must be the digits of the account number',
    example: '62515',
  })
  portalId?: string;

  @Flag({
    label: 'Accept signatures v1 and v2',
    hint: 'For senders without v3. They hold no time, so an old message can be replayed.',
    optional: true,
    example: false,
  })
  oldSignatures?: boolean;

  @Secret({
    label: 'Access token',
    hint: 'Private app token with crm.objects.deals.read and crm.objects.contacts.read, for look-ups (app webhooks carry ids only) and for the backfill of deals.',
    optional: true,
    example: '${env:HUBSPOT_ACCESS_TOKEN}',
  })
  accessToken?: string;
}

/** What stages and properties of one portal mean. */
export class HubSpotSettings {
  @Stages({
    hint: 'Deal stage id, `lifecyclestage:…`, `hs_lead_status:…`, `<property>:<value>`, or a subscription such as `deal.creation` → event type. Pipelines other than the default have generated stage ids.',
    example: { closedwon: 'SALE', '1034567': 'QUALIFIED_LEAD', closedlost: 'CANCELED' },
  })
  stages?: StageMap;

  @TextList(CLICK_ID_FROM)
  clickIdFrom?: readonly string[];

  @TextList(AFFILIATE_ID_FROM)
  affiliateIdFrom?: readonly string[];

  @Text({
    ...CURRENCY,
    hint: 'Currency of the portal; deals name one only with multi-currency on.',
  })
  currency?: string;
}
