import { Secret, Text, TextList } from '#contract';

/** What proves the messages of one Gumroad seller. */
export class GumroadCredentials {
  @Secret({
    label: 'Path token',
    hint: 'Random text of at least 22 letters, digits, _ or -; the last part of the URL. Gumroad signs nothing, so this is the only proof.',
    minLength: 22,
    maxLength: 200,
    pattern: /^[A-Za-z0-9_-]+$/,
    patternRule: 'must hold letters, digits, _ and - only',
    example: '${env:GUMROAD_PATH_TOKEN}',
  })
  pathToken!: string;

  @Text({
    label: 'Seller id',
    hint: 'Settings → Advanced, below the ping endpoint; comes as seller_id. A message that names another seller is refused.',
    maxLength: 64,
    example: 'kL0psVL2admJSYRNs-OCMg==',
  })
  sellerId!: string;
}

/** How one seller's messages are read. */
export class GumroadSettings {
  @TextList({
    label: 'Names that hold the click id',
    hint: 'Parameters of the product’s address, in order of preference.',
    optional: true,
    example: ['click_id'],
  })
  clickIdFrom?: readonly string[];

  @TextList({
    label: 'Names that hold the affiliate',
    hint: 'Parameters of the product’s address, in order of preference.',
    optional: true,
    example: ['affiliate_id'],
  })
  affiliateIdFrom?: readonly string[];
}
