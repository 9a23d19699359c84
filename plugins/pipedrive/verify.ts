import {
  accept,
  isRecord,
  parseJson,
  reject,
  safeEqual,
  strictBase64,
  textAt,
  type Notification,
  type RejectionReason,
  type Verdict,
} from '#contract';
import type { PipedriveCredentials } from './settings.js';

export type PipedrivePayload = Readonly<Record<string, unknown>>;

/** HTTP Basic (RFC 7617): base64 of `user:password`, compared as one text in constant time. */
function basicFault(
  of: Notification,
  { username, password }: PipedriveCredentials,
): RejectionReason | undefined {
  const header = of.headers['authorization'] ?? '';
  if (header === '') return 'missing-signature';
  const given = strictBase64(/^basic +(\S+)$/i.exec(header)?.[1]);
  return given && safeEqual(given, Buffer.from(`${username}:${password}`, 'utf8'))
    ? undefined
    : 'bad-token';
}

/** Basic pair, JSON with `meta`, and our own company where the account names it. */
export function verify(
  notification: Notification,
  credentials: PipedriveCredentials,
): Verdict<PipedrivePayload> {
  const fault = basicFault(notification, credentials);
  if (fault) return reject(fault);
  const parsed = parseJson(notification.body);
  if (!parsed.ok) return reject(parsed.fault);
  if (!isRecord(parsed.value) || !isRecord(parsed.value['meta'])) return reject('malformed');
  const { companyId } = credentials;
  return companyId === undefined || textAt(parsed.value, 'meta.company_id') === companyId
    ? accept(parsed.value, 'shared-secret')
    : reject('wrong-account');
}
