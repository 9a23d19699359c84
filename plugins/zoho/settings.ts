import {
  AFFILIATE_ID_FROM,
  Choice,
  CLICK_ID_FROM,
  CURRENCY,
  PATH_TOKEN,
  Secret,
  Stages,
  Text,
  TextList,
  type StageMap,
} from '#contract';

/** API hosts by data centre (Zoho's "Multi DC" page). */
export const API_HOSTS = {
  com: 'https://www.zohoapis.com',
  eu: 'https://www.zohoapis.eu',
  in: 'https://www.zohoapis.in',
  au: 'https://www.zohoapis.com.au',
  jp: 'https://www.zohoapis.jp',
  ca: 'https://www.zohoapis.ca',
  sa: 'https://www.zohoapis.sa',
} as const;

/** Where tokens are refreshed, by data centre (Zoho's "Multi DC" page). */
export const ACCOUNTS_HOSTS = {
  com: 'https://accounts.zoho.com',
  eu: 'https://accounts.zoho.eu',
  in: 'https://accounts.zoho.in',
  au: 'https://accounts.zoho.com.au',
  jp: 'https://accounts.zoho.jp',
  ca: 'https://accounts.zohocloud.ca',
  sa: 'https://accounts.zoho.sa',
} as const satisfies Readonly<Record<keyof typeof API_HOSTS, string>>;

export type DataCentre = keyof typeof API_HOSTS;

/** Zoho echoes the token that the channel was made with; nothing is signed. */
export class ZohoCredentials {
  @Secret({
    label: 'Channel token',
    hint: 'token of actions/watch, made up by you: random, 22 to 50 characters.',
    minLength: 22,
    maxLength: 50,
    example: '${env:ZOHO_CHANNEL_TOKEN}',
  })
  token!: string;

  @Secret({ ...PATH_TOKEN, optional: true, example: '${env:ZOHO_PATH_TOKEN}' })
  pathToken?: string;

  @Text({
    label: 'Channel id',
    hint: 'channel_id of actions/watch; messages of other channels are refused. Needed for the renewal.',
    optional: true,
    pattern: /^\d{1,19}$/,
    patternRule: 'must be digits',
    example: '1000000068001',
  })
  channelId?: string;

  @Choice(Object.keys(API_HOSTS), {
    label: 'Data centre',
    hint: 'Where your Zoho account lives; for look-ups and renewal.',
    optional: true,
    example: 'com',
  })
  dataCentre?: DataCentre;

  @Secret({
    label: 'Access token',
    hint: 'OAuth access token for look-ups and renewal. Zoho’s live for one hour: give the refresh token instead.',
    optional: true,
    example: '${env:ZOHO_ACCESS_TOKEN}',
  })
  accessToken?: string;

  @Text({
    label: 'Client id',
    hint: 'api-console.zoho.com → your self client or server-based application.',
    optional: true,
    maxLength: 200,
    example: '1000.ABCDEFGHIJ',
  })
  clientId?: string;

  @Secret({
    label: 'Client secret',
    hint: 'Of the same application.',
    optional: true,
    example: '${env:ZOHO_CLIENT_SECRET}',
  })
  clientSecret?: string;

  @Secret({
    label: 'Refresh token',
    hint: 'With client id and secret: access tokens are got with it as they run out. Scopes ZohoCRM.modules.READ and ZohoCRM.notifications.ALL.',
    optional: true,
    example: '${env:ZOHO_REFRESH_TOKEN}',
  })
  refreshToken?: string;
}

/** What stages and statuses of one organization mean. */
export class ZohoSettings {
  @Stages({
    hint: 'Deal stage, lead status, or <module>.<operation> such as Leads.insert → event type.',
    example: { 'Closed Won': 'SALE', 'Closed Lost': 'CANCELED', Qualification: 'QUALIFIED_LEAD' },
  })
  stages?: StageMap;

  @TextList({
    ...CLICK_ID_FROM,
    hint: 'API names of fields, in order. Default Click_ID, Click_Id, Affiliate_Click_ID.',
    example: ['Click_ID'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    ...AFFILIATE_ID_FROM,
    hint: 'API names of fields, in order. Default Affiliate_ID, Affiliate_Id.',
  })
  affiliateIdFrom?: readonly string[];

  @Text({
    ...CURRENCY,
    hint: 'Currency of the organization; records name one only with multi-currency on.',
  })
  currency?: string;
}
