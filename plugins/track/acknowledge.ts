import { identifier, type Acknowledgement, type Notification, type ReceiptResult } from '#contract';
import { readTold } from './schema.js';
import type { TrackSettings } from './settings.js';

const DAYS_30 = 30 * 86_400;

/** Nothing here rests on a browser's word about itself, so any page may read the answer. */
const CORS = { 'access-control-allow-origin': '*' } as const;

/** An empty picture, for pages that tell by `<img>`. */
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

/** The preflight of a page that sends JSON. */
export const probe = ({ method }: Notification): Acknowledgement | undefined =>
  method === 'OPTIONS'
    ? {
        status: 204,
        headers: {
          ...CORS,
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'content-type',
          'access-control-max-age': '86400',
        },
        body: '',
      }
    : undefined;

/** Characters that a cookie's value may have (RFC 6265 §4.1.1). */
const COOKIE_VALUE = /^[\w.~-]{1,256}$/;

function cookieOf(
  notification: Notification,
  { cookie, cookieDomain }: TrackSettings,
): Record<string, string> {
  const read = cookie === true ? readTold(notification) : undefined;
  if (!read?.ok || read.told['type'] !== 'CLICK') return {};
  const id = identifier(read.told['click_id']);
  if (id === undefined || !COOKIE_VALUE.test(id)) return {};
  const domain = cookieDomain === undefined ? '' : `; Domain=${cookieDomain}`;
  return {
    'set-cookie': `wb_click=${id}; Path=/${domain}; Max-Age=${DAYS_30}; HttpOnly; Secure; SameSite=Lax`,
  };
}

export function acknowledge(
  notification: Notification,
  result: ReceiptResult,
  { settings }: { readonly settings: TrackSettings },
): Acknowledgement {
  const headers = { ...CORS, ...cookieOf(notification, settings) };
  if (notification.method === 'GET')
    return { status: 200, headers: { ...headers, 'content-type': 'image/svg+xml' }, body: PICTURE };
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ ok: true, result, duplicate: result === 'repeat' }),
  };
}
