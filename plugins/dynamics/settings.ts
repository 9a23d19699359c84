import {
  AFFILIATE_ID_FROM,
  CLICK_ID_FROM,
  CURRENCY,
  Secret,
  Stages,
  Text,
  TextList,
  type StageMap,
} from '#contract';

/** Dataverse only sends a fixed key; whether it is right is ours to check. */
export class DynamicsCredentials {
  @Secret({
    label: 'Key',
    hint: 'Made up by you, long and random: value of the HttpHeader, or of the WebhookKey (?code=…).',
    minLength: 16,
    example: '${env:DYNAMICS_KEY}',
  })
  key!: string;

  @Text({
    label: 'Header name',
    hint: 'With authentication HttpHeader; without it the key is expected as ?code=… (WebhookKey).',
    optional: true,
    pattern: /^[A-Za-z0-9-]{1,64}$/,
    patternRule: 'must be the name of a header',
    example: 'x-waybill-key',
  })
  headerName?: string;

  @Text({
    label: 'Organization',
    hint: 'x-ms-dynamics-organization of the messages, e.g. acme.crm4.dynamics.com; others are refused.',
    optional: true,
    maxLength: 200,
    example: 'acme.crm4.dynamics.com',
  })
  organization?: string;
}

/** What states and statuses of one organization mean. */
export class DynamicsSettings {
  @Stages({
    hint: '<entity>:won, lost, qualified, disqualified, <entity>:status:<number>, <entity>.<message> → event type.',
    example: {
      'opportunity:won': 'SALE',
      'opportunity:status:100000001': 'REFUND',
      'lead.create': 'LEAD',
    },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'Logical names of columns, in order. Default new_clickid, new_click_id, cr_clickid.',
    example: ['new_clickid'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    ...AFFILIATE_ID_FROM,
    hint: 'Logical names of columns, in order. Default new_affiliateid, new_affiliate_id.',
  })
  affiliateIdFrom?: readonly string[];

  @Text({
    ...CURRENCY,
    hint: 'Currency of the organization: a record names its currency by an id only.',
  })
  currency?: string;
}
