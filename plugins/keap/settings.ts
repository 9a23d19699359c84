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

/** Keap's REST hooks are not signed: the secret end of the URL is the only proof. */
export class KeapCredentials {
  @Secret({ ...PATH_TOKEN, example: '${env:KEAP_PATH_TOKEN}' })
  pathToken!: string;

  @Secret({
    label: 'Access token',
    hint: 'Personal access token or service account key, for look-ups: hooks carry ids only.',
    optional: true,
    example: '${env:KEAP_TOKEN}',
  })
  accessToken?: string;
}

/** What hooks mean. */
export class KeapSettings {
  @Stages({
    hint: 'Event key (contact.add, order.add, opportunity.stage_move …) → event type.',
    example: {
      'contact.add': 'LEAD',
      'invoice.payment.add': 'SALE',
      'contactGroup.applied': 'QUALIFIED_LEAD',
    },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'Ids of custom fields of the contact, in order.',
    example: ['27'],
  })
  clickIdFrom?: readonly string[];

  @TextList({ ...AFFILIATE_ID_FROM, hint: 'Ids of custom fields of the contact, in order.' })
  affiliateIdFrom?: readonly string[];

  @Text({ ...CURRENCY, hint: 'Currency of the account; orders name none.' })
  currency?: string;
}
