import { Choice, Secret } from '#contract';

/** Fields that can carry the click id. */
export const CLICK_FIELDS = ['WP_SID', 'WP_HOP_SID', 'WP_HOP_TID', 'WP_CHECKOUT_CUSTOM'] as const;

/** What proves the messages of one WarriorPlus account. */
export class WarriorPlusCredentials {
  @Secret({
    label: 'IPN security key',
    hint: 'Account → IPN settings: the key that WarriorPlus sends along as WP_SECURITYKEY. It is the only proof, so make it long.',
    minLength: 8,
    example: '${env:WARRIORPLUS_SECURITY_KEY}',
  })
  securityKey!: string;

  @Secret({
    label: 'Path token',
    hint: 'Random text that stands last in the URL: a second secret, which does not travel in the body.',
    optional: true,
    minLength: 22,
    maxLength: 200,
    pattern: /^[A-Za-z0-9_-]+$/,
    patternRule: 'must hold letters, digits, _ and - only',
    example: '${env:WARRIORPLUS_PATH_TOKEN}',
  })
  pathToken?: string;
}

/** How one account's messages are read. */
export class WarriorPlusSettings {
  @Choice(CLICK_FIELDS, {
    label: 'Click id field',
    hint: 'Default: the first that is filled of WP_SID, WP_HOP_SID, WP_HOP_TID, WP_CHECKOUT_CUSTOM.',
    optional: true,
    example: 'WP_SID',
  })
  clickIdField?: (typeof CLICK_FIELDS)[number];

  @Choice(['vendor', 'affiliate', 'both'], {
    label: 'Messages that count',
    hint: 'IPN_RCPT_TYPE says for whom a message is. vendor, affiliate, or both (default); choose one when this account is both.',
    optional: true,
    example: 'both',
  })
  receiver: 'vendor' | 'affiliate' | 'both' = 'both';
}
