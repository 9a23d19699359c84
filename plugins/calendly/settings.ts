import {
  AFFILIATE_ID_FROM,
  CLICK_ID_FROM,
  Secret,
  Stages,
  TextList,
  type StageMap,
} from '#contract';

/** The key that you name when the subscription is made. */
export class CalendlyCredentials {
  @Secret({
    label: 'Signing key',
    hint: 'signing_key of POST /webhook_subscriptions. Optional there, required here; OAuth apps have one per app.',
    minLength: 16,
    example: '${env:CALENDLY_SIGNING_KEY}',
  })
  signingKey!: string;
}

/** What bookings mean. */
export class CalendlySettings {
  @Stages({
    hint: 'Event word (invitee.created …), or <word>:<event type uri> for one kind of meeting → event type.',
    example: { 'invitee.created': 'QUALIFIED_LEAD', 'invitee_no_show.created': 'REJECTED_LEAD' },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'Tracking names (utm_content, salesforce_uuid …) or the text of a question. Default utm_content.',
    example: ['utm_content'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    ...AFFILIATE_ID_FROM,
    hint: 'Tracking names or the text of a question. Default: none.',
  })
  affiliateIdFrom?: readonly string[];
}
