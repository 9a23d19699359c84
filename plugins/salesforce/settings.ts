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

/** Salesforce signs nothing: the secret end of the URL proves the sender, the organization names the tenant. */
export class SalesforceCredentials {
  @Text({
    label: 'Organization id',
    hint: 'Setup → Company Information; 15 or 18 characters. It is no secret.',
    pattern: /^00D[A-Za-z0-9]{12}(?:[A-Z0-5]{3})?$/,
    patternRule: 'must be an organization id (00D…, 15 or 18 characters)',
    example: '00D5g000004ABCDEA4',
  })
  organizationId!: string;

  @Secret({ ...PATH_TOKEN, example: '${env:SALESFORCE_PATH_TOKEN}' })
  pathToken!: string;

  @TextList({
    label: 'Outbound Message ids',
    hint: 'ActionId (04k…) of the messages that may come in; empty: all of the organization.',
    optional: true,
    example: ['04k5g0000008abcAAA'],
  })
  actionIds?: readonly string[];
}

/** What stages, statuses and messages of one organization mean. */
export class SalesforceSettings {
  @Stages({
    hint: 'Opportunity stage or Lead status (labels may be translated), won, lost, converted, `action:<ActionId>` or an object name → event type.',
    example: { 'Closed Won': 'SALE', Refunded: 'REFUND', 'action:04k5g0000008abcAAA': 'SALE' },
  })
  stages?: StageMap;

  @TextList({ ...CLICK_ID_FROM, example: ['Click_Id__c'] })
  clickIdFrom?: readonly string[];

  @TextList({ ...AFFILIATE_ID_FROM, example: ['Affiliate_Id__c'] })
  affiliateIdFrom?: readonly string[];

  @TextList({
    label: 'Fields that hold the e-mail',
    hint: 'A formula field on the opportunity, for example.',
    optional: true,
    example: ['Contact_Email__c'],
  })
  emailFrom?: readonly string[];

  @Text({
    ...CURRENCY,
    hint: 'Currency of the organization; records name one only with multi-currency on.',
  })
  currency?: string;
}
