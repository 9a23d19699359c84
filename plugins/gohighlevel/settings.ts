import {
  AFFILIATE_ID_FROM,
  CLICK_ID_FROM,
  CURRENCY,
  PATH_TOKEN,
  Secret,
  Stages,
  Text,
  TextList,
  type StageMap,
} from '#contract';

/** HighLevel signs with one key for all of its customers: the location names the tenant. */
export class GoHighLevelCredentials {
  @Text({
    label: 'Location id',
    hint: 'Settings → Business Profile → Location ID. Messages of other locations are refused.',
    pattern: /^[A-Za-z0-9_-]{8,64}$/,
    patternRule: 'must be a location id',
    example: 've9EPM428h8vShlRW1KT',
  })
  locationId!: string;

  @Secret({
    ...PATH_TOKEN,
    label: 'Path token of workflow actions',
    hint: 'Workflow actions are not signed: with this secret last part of the URL they are accepted. Leave it out to accept signed app webhooks only.',
    optional: true,
    example: '${env:GHL_PATH_TOKEN}',
  })
  pathToken?: string;

  @Text({
    label: 'Public key',
    hint: 'Only when HighLevel changes its Ed25519 key: base64 SPKI (MCowBQYDK2Vw…).',
    optional: true,
    pattern: /^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/,
    patternRule: 'must be an Ed25519 key as base64 SPKI',
  })
  publicKey?: string;

  @Secret({
    label: 'Private integration token',
    hint: 'For look-ups (contacts.readonly): opportunities carry no e-mail and no custom fields.',
    optional: true,
    example: '${env:GHL_TOKEN}',
  })
  accessToken?: string;
}

/** What statuses and stages of one location mean. */
export class GoHighLevelSettings {
  @Stages({
    hint: 'Opportunity status (won, lost, abandoned), pipeline stage id, or an event word such as AppointmentCreate → event type.',
    example: { won: 'SALE', lost: 'CANCELED', AppointmentCreate: 'QUALIFIED_LEAD' },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'Ids of custom fields of the contact, or names of a workflow action’s custom data.',
  })
  clickIdFrom?: readonly string[];

  @TextList({
    ...AFFILIATE_ID_FROM,
    hint: 'Ids of custom fields of the contact, or names of a workflow action’s custom data.',
  })
  affiliateIdFrom?: readonly string[];

  @Text({ ...CURRENCY, hint: 'Currency of the location; opportunities name none.' })
  currency?: string;
}
