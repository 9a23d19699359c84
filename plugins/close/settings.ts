import {
  AFFILIATE_ID_FROM,
  CLICK_ID_FROM,
  Secret,
  Stages,
  TextList,
  type StageMap,
} from '#contract';

/** What Close gives to one webhook subscription. */
export class CloseCredentials {
  @Secret({
    label: 'Signature key',
    hint: 'signature_key in the answer to POST /api/v1/webhook/: hex digits.',
    pattern: /^(?:[0-9a-fA-F]{2}){16,64}$/,
    patternRule: 'must be the hex text of signature_key, at least 32 digits',
    example: '${env:CLOSE_SIGNATURE_KEY}',
  })
  signatureKey!: string;

  @Secret({
    label: 'API key',
    hint: 'For look-ups (opportunities carry no e-mail) and for the backfill from the event log. Settings → Developer → API keys.',
    optional: true,
    example: '${env:CLOSE_API_KEY}',
  })
  apiKey?: string;
}

/** What statuses of one organization mean. */
export class CloseSettings {
  @Stages({
    hint: 'Opportunity or lead status (id or label), status type (won, lost, active), lead.created or opportunity.created → event type.',
    example: { won: 'SALE', Qualified: 'QUALIFIED_LEAD', Refunded: 'REFUND' },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'Ids of custom fields (cf_…), in order.',
    example: ['cf_abc'],
  })
  clickIdFrom?: readonly string[];

  @TextList({ ...AFFILIATE_ID_FROM, hint: 'Ids of custom fields (cf_…), in order.' })
  affiliateIdFrom?: readonly string[];
}
