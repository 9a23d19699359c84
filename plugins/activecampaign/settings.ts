import {
  AFFILIATE_ID_FROM,
  Choice,
  CLICK_ID_FROM,
  PATH_TOKEN,
  Secret,
  Stages,
  TextList,
  Url,
  type StageMap,
} from '#contract';

/** ActiveCampaign signs nothing: the secret end of the URL is the only proof. */
export class ActiveCampaignCredentials {
  @Secret({ ...PATH_TOKEN, example: '${env:ACTIVECAMPAIGN_PATH_TOKEN}' })
  pathToken!: string;

  @Url({
    label: 'API URL',
    hint: 'Settings → Developer; with the key for look-ups of a deal’s amount and for the backfill.',
    optional: true,
    example: 'https://acme.api-us1.com',
  })
  apiUrl?: string;

  @Secret({
    label: 'API key',
    hint: 'Settings → Developer.',
    optional: true,
    example: '${env:ACTIVECAMPAIGN_API_KEY}',
  })
  apiKey?: string;
}

/** What statuses and stages of one account mean. */
export class ActiveCampaignSettings {
  @Stages({
    hint: 'won, lost, a deal stage (id or title), a webhook type (subscribe …) or tag:<tag> → event type.',
    example: { won: 'SALE', lost: 'CANCELED', '7': 'QUALIFIED_LEAD', 'tag:refunded': 'REFUND' },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'Personalization tags of contact fields (contact[fields][…]), in order.',
  })
  clickIdFrom?: readonly string[];

  @TextList({ ...AFFILIATE_ID_FROM, hint: 'Personalization tags of contact fields, in order.' })
  affiliateIdFrom?: readonly string[];

  @Choice(['major', 'minor'], {
    label: 'Unit of deal[value_raw]',
    hint: 'major: 49.00 means 49; minor: 4900 means 49.00. Accounts were seen with both: compare one deal.',
    optional: true,
    example: 'major',
  })
  amountUnit: 'major' | 'minor' = 'major';
}
