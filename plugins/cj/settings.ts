import { Secret, Text, TextList } from '#contract';

/** What CJ gives to a publisher. */
export class CjCredentials {
  @Secret({
    label: 'Personal access token',
    hint: 'developers.cj.com → Authentication → Personal access tokens → Register.',
    minLength: 10,
    example: '${env:CJ_ACCESS_TOKEN}',
  })
  accessToken!: string;

  @Text({
    label: 'Publisher company id',
    hint: 'The CID beside the account’s name at the top right of the CJ account manager; not the id of a website (PID).',
    pattern: /^\d{1,12}$/,
    patternRule: 'must be the digits of the company id (CID)',
    example: '1234567',
  })
  companyId!: string;
}

/** How the commissions of one publisher are read. */
export class CjSettings {
  @TextList({
    label: 'Action types of leads',
    hint: 'Words of CJ’s actionType that make a LEAD; every other one is a SALE. Default: those that hold “lead”.',
    optional: true,
    example: ['lead', 'advanced lead'],
  })
  leadTypes?: readonly string[];

  @TextList({
    label: 'Websites',
    hint: 'Ids of websites (PID) whose commissions count. Default: all of the company.',
    optional: true,
    example: ['100357191'],
  })
  websites?: readonly string[];
}
