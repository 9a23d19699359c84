import { currencyCode, Flag, Secret, Structured, Text, TextList } from '#contract';

/** Types that a browser may tell of without a key: what a forger gains by them is little. */
export const BROWSER_TYPES = ['CLICK', 'LEAD'] as const;

const ORIGIN = /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/;

function originFaults(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return ['must be a list of origins'];
  const wrong = (value as readonly unknown[]).find(
    (one) => typeof one !== 'string' || !ORIGIN.test(one),
  );
  return wrong === undefined
    ? []
    : [
        `holds ${JSON.stringify(wrong)}, which is no origin: scheme and host in lower case, no path`,
      ];
}

/** Who may tell: a server by its key, pages by where they come from. At least one of the two. */
export class TrackCredentials {
  @Secret({
    label: 'Key',
    hint: 'Of your own server, at least 22 characters; sent as Authorization: Bearer …',
    optional: true,
    minLength: 22,
    maxLength: 200,
    pattern: /^[\x21-\x7e]+$/,
    patternRule: 'must be printable ASCII without spaces',
    example: '${env:TRACK_KEY}',
  })
  key?: string;

  @Structured({
    label: 'Origins',
    hint: 'Pages that may tell without a key, by the Origin header that browsers send.',
    optional: true,
    faults: originFaults,
    schema: { type: 'array', items: { type: 'string' } },
    example: ['https://shop.example'],
  })
  origins?: readonly string[];

  @TextList({
    label: 'Event types from pages',
    hint: 'What an allowed page may tell without the key; CLICK and LEAD where this is not set. Anybody can forge a page.',
    optional: true,
    example: ['CLICK', 'LEAD'],
  })
  browserEvents?: readonly string[];
}

/** How what is told is read. */
export class TrackSettings {
  @Text({
    label: 'Currency',
    hint: 'ISO 4217 code for amounts that come without one.',
    optional: true,
    pattern: /^[A-Z]{3}$/,
    patternRule: 'must be an ISO 4217 code in capitals',
    example: 'USD',
  })
  currency?: string;

  @Flag({
    label: 'Answer a CLICK with a cookie',
    hint: 'wb_click, HttpOnly and Secure; useful where the gateway has a name below the shop’s own.',
    optional: true,
    example: true,
  })
  cookie?: boolean;

  @Text({
    label: 'Domain of the cookie',
    hint: 'The shop’s own domain, so that its servers see the cookie, too; else the gateway’s host alone.',
    optional: true,
    pattern: /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/,
    patternRule: 'must be a domain name in lower case',
    example: 'shop.example',
  })
  cookieDomain?: string;
}

/** The currency of amounts without one; undefined when the setting is no code that exists. */
export const usualCurrency = (settings: TrackSettings): string | undefined =>
  currencyCode(settings.currency);
