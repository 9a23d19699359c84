import { MASK, type HttpRequest } from '#contract';
import type { TuneSettings } from './settings.js';

export type Query = Readonly<Record<string, string | undefined>>;

/** Names whose values are secrets; they ride in the address, so it is shown with them masked. */
const SECRET_NAMES: ReadonlySet<string> = new Set(['security_token', 'NetworkToken']);

/** Everything but RFC 3986 unreserved characters; half a surrogate pair would make the encoder throw. */
const encoded = (value: string): string =>
  encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function withQuery(base: string, query: Query, masked: boolean): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [`${encoded(name)}=${masked && SECRET_NAMES.has(name) ? MASK : encoded(value)}`];
  });
  return `${base}${base.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

/** A GET, the method that TUNE's support page names, with the query in the given order. */
export const get = (base: string, query: Query): HttpRequest => ({
  method: 'GET',
  url: withQuery(base, query, false),
  shownUrl: withQuery(base, query, true),
});

/** A path of the network's tracking host. */
export const trackingUrl = (settings: TuneSettings, path: string): string =>
  `${settings.trackingUrl.replace(/[?].*$/s, '').replace(/\/*$/, '')}/${path}`;

/** Partners repeat tokens in their complaints ("NetworkToken … is not authenticated"): never pass them on. */
export function withoutSecrets(text: string, settings: TuneSettings): string {
  return [settings.securityToken, settings.networkToken]
    .filter((secret) => secret !== undefined && secret !== '')
    .reduce<string>((shown, secret) => shown.replaceAll(secret ?? '', MASK), text);
}
