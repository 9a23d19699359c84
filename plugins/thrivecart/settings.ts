import { Secret, TextList } from '#contract';

/** What proves the messages of one ThriveCart account. */
export class ThriveCartCredentials {
  @Secret({
    label: 'Secret word',
    hint: 'Settings → API & Webhooks → ThriveCart order validation: the word that is sent along as thrivecart_secret. It is the only proof.',
    minLength: 6,
    example: '${env:THRIVECART_SECRET}',
  })
  secret!: string;

  @Secret({
    label: 'Path token',
    hint: 'Random text that stands last in the URL: a second secret, which does not travel in the body.',
    optional: true,
    minLength: 22,
    maxLength: 200,
    pattern: /^[A-Za-z0-9_-]+$/,
    patternRule: 'must hold letters, digits, _ and - only',
    example: '${env:THRIVECART_PATH_TOKEN}',
  })
  pathToken?: string;
}

/** How one account's messages are read. */
export class ThriveCartSettings {
  @TextList({
    label: 'Names that hold the click id',
    hint: 'Passthrough names (passthrough[click_id] in the address of the checkout) in order of preference.',
    optional: true,
    example: ['click_id'],
  })
  clickIdFrom?: readonly string[];
}
