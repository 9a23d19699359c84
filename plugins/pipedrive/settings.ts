import {
  AFFILIATE_ID_FROM,
  CLICK_ID_FROM,
  Secret,
  Stages,
  Text,
  TextList,
  type StageMap,
} from '#contract';

/** The pair that you give to Pipedrive when the webhook is made, and a token for look-ups. */
export class PipedriveCredentials {
  @Text({
    label: 'HTTP auth username',
    hint: 'Made up by you; the same text goes into the webhook.',
    pattern: /^[^:]+$/,
    patternRule: 'must not hold a colon',
    example: 'waybill',
  })
  username!: string;

  @Secret({
    label: 'HTTP auth password',
    hint: 'Made up by you, long and random: Pipedrive signs nothing else.',
    minLength: 12,
    example: '${env:PIPEDRIVE_WEBHOOK_PASSWORD}',
  })
  password!: string;

  @Text({
    label: 'Company id',
    hint: 'meta.company_id of the messages; messages of other companies are refused.',
    optional: true,
    pattern: /^\d{1,20}$/,
    patternRule: 'must be digits',
    example: '1234567',
  })
  companyId?: string;

  @Secret({
    label: 'API token',
    hint: 'For look-ups (deals name their person by id only) and for the backfill. Personal preferences → API.',
    optional: true,
    example: '${env:PIPEDRIVE_API_TOKEN}',
  })
  apiToken?: string;
}

/** What stages and statuses of one company mean. */
export class PipedriveSettings {
  @Stages({
    hint: 'Deal status (won, lost, deleted), deal stage id, or <entity>.<action> such as create.person → event type.',
    example: { won: 'SALE', lost: 'REJECTED_LEAD', '3': 'QUALIFIED_LEAD', 'create.lead': 'LEAD' },
  })
  stages?: StageMap;

  @TextList({ ...CLICK_ID_FROM, hint: 'Keys of custom fields (40 characters), in order.' })
  clickIdFrom?: readonly string[];

  @TextList({ ...AFFILIATE_ID_FROM, hint: 'Keys of custom fields (40 characters), in order.' })
  affiliateIdFrom?: readonly string[];
}
