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

/** The secret that you give to one form's webhook. */
export class TypeformCredentials {
  @Secret({
    label: 'Webhook secret',
    hint: 'Connect → Webhooks → Edit → Secret. Optional there, required here.',
    minLength: 16,
    example: '${env:TYPEFORM_SECRET}',
  })
  secret!: string;
}

/** What responses mean. */
export class TypeformSettings {
  @Stages({
    hint: 'form_response, form_response_partial, <word>:<form id>, or ending:<ref> → event type.',
    example: { 'form_response:lT4Z3j': 'QUALIFIED_LEAD', 'ending:not-qualified': 'REJECTED_LEAD' },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'Hidden fields, or refs of questions. Default click_id, clickid, affiliate_click_id, aff_click_id.',
  })
  clickIdFrom?: readonly string[];

  @TextList({ ...AFFILIATE_ID_FROM, hint: 'Hidden fields, or refs of questions.' })
  affiliateIdFrom?: readonly string[];

  @Text({ ...CURRENCY, hint: 'Currency of payment questions; the response names none.' })
  currency?: string;
}
