import { suggestion } from '../platform/config/index.js';

/** What a click can fill into the URL of its offer. */
export const OFFER_MACROS: readonly string[] = [
  'click_id',
  'offer_id',
  'affiliate_id',
  'campaign_id',
  'source',
  'placement',
  'aff_click_id',
  ...['source', 'medium', 'campaign', 'term', 'content'].map((name) => `utm_${name}`),
  ...[1, 2, 3, 4, 5].map((place) => `sub${place}`),
];

const MACRO = /\{([^{}]*)\}/g;

/** What is wrong with the macros of an offer's URL, as a sentence; undefined when nothing is. */
export function offerUrlFault(template: string): string | undefined {
  for (const [, name = ''] of template.matchAll(MACRO)) {
    if (!OFFER_MACROS.includes(name))
      return `holds the unknown macro {${name}}; ${suggestion(name, OFFER_MACROS)}`;
  }
  return /[{}]/.test(template.replace(MACRO, '')) ? 'holds a brace that is not closed' : undefined;
}

/** A segment of dots alone would climb to another path of the host, encoded or not (WHATWG URL, path state). */
const DOTS = /^\.{1,2}$/;

const encoded = (value: string): string =>
  DOTS.test(value)
    ? ''
    : encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );

/** The offer's URL with its macros filled; a value never reaches beyond the place of its macro, and never into the host. */
export const expandOfferUrl = (
  template: string,
  values: Readonly<Record<string, string | null | undefined>>,
): string =>
  template.replace(MACRO, (_whole, name: string) =>
    encoded(Object.hasOwn(values, name) ? (values[name] ?? '') : ''),
  );
