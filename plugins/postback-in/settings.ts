import {
  EVENT_TYPES,
  Secret,
  Choice,
  Structured,
  Text,
  TextMap,
  isRecord,
  type EventType,
} from '#contract';
import { CANONICAL } from './parameters.js';

/** What one word of the sender may be turned into. */
export const MEANINGS: readonly string[] = [
  ...EVENT_TYPES.filter((type) => type !== 'ADJUSTMENT'),
  'ignore',
];

function wordFaults(value: unknown): readonly string[] {
  if (!isRecord(value)) return ['must be a map of words'];
  return Object.entries(value).flatMap(([word, meaning]) =>
    typeof meaning === 'string' && MEANINGS.includes(meaning)
      ? []
      : [`gives "${word}" no meaning of: ${MEANINGS.join(', ')}`],
  );
}

/** What proves the postbacks of one sender. */
export class PostbackInCredentials {
  @Secret({
    label: 'Token',
    hint: 'Random text of at least 22 letters, digits, _ or -; the last part of the URL, or its parameter token. Postbacks are not signed, so this is the only proof.',
    minLength: 22,
    maxLength: 200,
    pattern: /^[A-Za-z0-9_-]+$/,
    patternRule: 'must hold letters, digits, _ and - only',
    example: '${env:POSTBACK_TOKEN}',
  })
  token!: string;
}

/** How one sender's postbacks are read. */
export class PostbackInSettings {
  @TextMap({
    label: 'Names of parameters',
    hint: 'Our name → the sender’s own, where it uses another than those of the README.',
    optional: true,
    keys: CANONICAL,
    example: { click_id: 's2' },
  })
  parameters?: Readonly<Record<string, string>>;

  @Structured({
    label: 'Words of the sender',
    hint: 'Word of event_type → event type, or ignore.',
    optional: true,
    faults: wordFaults,
    schema: { type: 'object', additionalProperties: { enum: [...MEANINGS] } },
    example: { ftd: 'SALE', kyc: 'QUALIFIED_LEAD' },
  })
  words?: Readonly<Record<string, string>>;

  @Choice(['LEAD', 'SALE'], {
    label: 'Type of postbacks without an event type',
    optional: true,
    example: 'SALE',
  })
  defaultType?: EventType;

  @Text({
    label: 'Currency',
    hint: 'ISO 4217 code for amounts that come without one.',
    optional: true,
    pattern: /^[A-Z]{3}$/,
    patternRule: 'must be an ISO 4217 code in capitals',
    example: 'USD',
  })
  currency?: string;
}
