import { createHash } from 'node:crypto';
import {
  hmac,
  safeEqual,
  strictBase64,
  strictHex,
  type Notification,
  type RejectionReason,
} from '#contract';
import type { HubSpotCredentials } from './settings.js';

/** HubSpot's own limit for the past, here in both directions. */
export const TOLERANCE_MS = 300_000;

/** The escapes that HubSpot's page on request validation has decoded before hashing; all others stay. */
const DECODED: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

const decodeListed = (url: string): string =>
  url.replace(/%[0-9A-F]{2}/gi, (escape) => DECODED[escape.toUpperCase()] ?? escape);

/** The configured URL, and the same decoded: the page asks for that, the vendor's libraries do not do it. */
const spellings = (url: string): readonly string[] =>
  url === '' ? [] : [...new Set([url, decodeListed(url)])];

function faultV3(of: Notification, header: string, secret: string): RejectionReason | undefined {
  const time = of.headers['x-hubspot-request-timestamp'] ?? '';
  if (time === '') return 'missing-signature';
  const given = strictBase64(header, 32);
  if (!given || !/^\d{13}$/.test(time)) return 'bad-signature';
  const matches = spellings(of.url).filter((url) =>
    safeEqual(given, hmac('sha256', secret, of.method, url, of.body, time)),
  );
  if (matches.length === 0) return 'bad-signature';
  return Math.abs(of.receivedAt - Number(time)) > TOLERANCE_MS ? 'stale' : undefined;
}

const sha256 = (...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

function oldFault(of: Notification, secret: string): RejectionReason | undefined {
  const header = of.headers['x-hubspot-signature'];
  const version = of.headers['x-hubspot-signature-version'];
  if (header === undefined || header === '') return 'missing-signature';
  const given = strictHex(header, 32);
  if (!given) return 'bad-signature';
  const wanted =
    version === 'v1'
      ? [sha256(secret, of.body)]
      : version === 'v2'
        ? spellings(of.url).map((url) => sha256(secret, of.method, url, of.body))
        : [];
  return wanted.some((digest) => safeEqual(given, digest)) ? undefined : 'bad-signature';
}

/**
 * Why the signature does not hold, or `undefined` when it does. A v3 signature that is there decides alone; v1 and v2
 * (plain SHA-256, no time) count only where the account allows them. Source: HubSpot, "Validating requests".
 */
export function signatureFault(
  of: Notification,
  credentials: HubSpotCredentials,
): RejectionReason | undefined {
  const v3 = of.headers['x-hubspot-signature-v3'];
  if (v3 !== undefined && v3 !== '') return faultV3(of, v3, credentials.clientSecret);
  return credentials.oldSignatures === true
    ? oldFault(of, credentials.clientSecret)
    : 'missing-signature';
}
