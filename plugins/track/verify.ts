import { accept, reject, safeEqual, type Notification, type Verdict } from '#contract';
import { readTold, type Told } from './schema.js';
import { BROWSER_TYPES, type TrackCredentials } from './settings.js';

const BEARER = /^Bearer +(\S+)$/i;

const givenKey = ({ headers }: Notification): string | undefined =>
  headers['x-waybill-key'] ?? BEARER.exec(headers['authorization'] ?? '')?.[1];

/** Browsers leave Origin out when an image is fetched, and name the page instead. */
function originOf({ method, headers }: Notification): string | undefined {
  const { origin, referer } = headers;
  if (origin !== undefined) return origin;
  return method === 'GET' && referer !== undefined && URL.canParse(referer)
    ? new URL(referer).origin
    : undefined;
}

/** A key proves a server. An origin proves nothing against forgers, so pages may tell little, and with the least trust. */
export function verify(
  notification: Notification,
  { key, origins = [], browserEvents = BROWSER_TYPES }: TrackCredentials,
): Verdict<Told> {
  const given = givenKey(notification);
  if (given !== undefined) {
    if (key === undefined || !safeEqual(given, key)) return reject('bad-token');
    const read = readTold(notification);
    return read.ok ? accept(read.told, 'shared-secret') : reject(read.reason);
  }
  const origin = originOf(notification);
  if (origin === undefined) return reject('missing-signature');
  if (!origins.includes(origin)) return reject('bad-token');
  const read = readTold(notification);
  if (!read.ok) return reject(read.reason);
  return browserEvents.includes(read.told['type'] ?? '')
    ? accept(read.told, 'unauthenticated')
    : reject('missing-signature');
}
