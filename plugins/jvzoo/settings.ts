import { Choice, isZone, Secret, Structured, TextList } from '#contract';

const zoneFaults = (value: unknown): readonly string[] =>
  typeof value === 'string' && isZone(value)
    ? []
    : ['must be an IANA time zone such as America/New_York'];

/** What proves the messages of one JVZoo seller. */
export class JvzooCredentials {
  @Secret({
    label: 'JVZIPN secret key',
    hint: 'My Account → Seller Settings → JVZIPN Secret Key.',
    minLength: 4,
    example: '${env:JVZOO_SECRET_KEY}',
  })
  secretKey!: string;

  @Secret({
    label: 'Path token',
    hint: 'Random text that stands last in the URL. Recommended with JVZIPN v2, whose hash leaves out amount and receipt.',
    optional: true,
    minLength: 22,
    maxLength: 200,
    pattern: /^[A-Za-z0-9_-]+$/,
    patternRule: 'must hold letters, digits, _ and - only',
    example: '${env:JVZOO_PATH_TOKEN}',
  })
  pathToken?: string;
}

/** How one seller's messages are read. */
export class JvzooSettings {
  @Structured({
    label: 'Time zone of v2 messages',
    hint: 'date has no offset. Default America/New_York.',
    optional: true,
    example: 'America/New_York',
    faults: zoneFaults,
    schema: { type: 'string' },
  })
  timeZone: string = 'America/New_York';

  @Choice(['auto', 'dollars', 'cents'], {
    label: 'Amounts of v1 messages',
    hint: 'auto (default): with a decimal point dollars, without one cents.',
    optional: true,
    example: 'auto',
  })
  amountUnit: 'auto' | 'dollars' | 'cents' = 'auto';

  @TextList({
    label: 'Names that hold the click id',
    hint: 'Parameters passed through the sales page, in order of preference; tid means the tracking id of the affiliate link.',
    optional: true,
    example: ['click_id', 'tid'],
  })
  clickIdFrom: readonly string[] = ['click_id', 'clickid', 'clickId', 'vtid', 'cid', 'tid'];
}
