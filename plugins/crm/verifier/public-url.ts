import type { Notification } from '#contract';

/** The escapes HubSpot's request validation page has decoded before hashing; all others stay. */
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

/**
 * The URL as the sender called it: as configured, never rebuilt from the Host header; and the same with the listed
 * escapes decoded, since the page asks for that and the vendor's SDKs do not do it. Empty when no URL is configured:
 * then nothing can be proved.
 */
export function urlSpellings(of: Notification, configured: string | undefined): readonly string[] {
  const withQuery =
    configured === undefined || configured.includes('?') || of.query === ''
      ? configured
      : `${configured}?${of.query}`;
  const url = withQuery ?? of.url;
  return url === '' ? [] : [...new Set([url, decodeListed(url)])];
}
