import type { Wanted } from './arguments.js';
import { pascal } from './names.js';

const PARSER = {
  json: { call: 'parseJson(body)', type: 'Json', take: 'parsed.value' },
  form: {
    call: 'parseForm(body)',
    type: 'Readonly<Record<string, string>>',
    take: 'formRecord(parsed.value)',
  },
} as const;

const reopen = (body: Wanted['body']): string => `
/** The payload again, from the bytes that the receipt kept. */
export function reopen({ body }: StoredNotification): Payload {
  const parsed = ${PARSER[body].call};
  return parsed.ok ? ${PARSER[body].take} : ${body === 'json' ? 'null' : '{}'};
}
`;

const open = (
  body: Wanted['body'],
  trust: string,
): string => `  const parsed = ${PARSER[body].call};
${body === 'form' ? "  if (parsed.ok && duplicateName(parsed.value)) return reject('duplicate-keys');\n" : ''}  return parsed.ok ? accept(${PARSER[body].take}, '${trust}') : reject(parsed.fault);
}
`;

const proofs = {
  hmac: (wanted: Wanted): string => `
/** Lower-case name of the header that carries the signature: hex of HMAC-SHA256 over the raw body. */
const SIGNATURE = 'x-${wanted.name}-signature';

export function verify(
  { headers, body }: Notification,
  { signingSecret }: ${pascal(wanted.name)}Credentials,
): Verdict<Payload> {
  const given = strictHex(headers[SIGNATURE], 32);
  if (!given) return reject('missing-signature');
  if (!safeEqual(given, hmac('sha256', signingSecret, body))) return reject('bad-signature');
${open(wanted.body, 'signed')}`,
  token: (wanted: Wanted): string => `
/** The secret is the last part of the URL; it proves the sender, not the bytes. */
export function verify(
  { pathToken, body }: Notification,
  credentials: ${pascal(wanted.name)}Credentials,
): Verdict<Payload> {
  if (!safeEqual(pathToken, credentials.pathToken)) return reject('bad-token');
${open(wanted.body, 'shared-secret')}`,
  none: (wanted: Wanted): string => `
/** Nothing proves the sender: limit who may call this account's URL by other means. */
export function verify({ body }: Notification): Verdict<Payload> {
${open(wanted.body, 'unauthenticated')}`,
} as const;

/** `verify.ts`: who sent it, on the raw bytes, before anything is parsed. */
export function sourceVerify(wanted: Wanted): string {
  const { signing, body, name } = wanted;
  const values = [
    'accept',
    ...(body === 'form' ? ['duplicateName', 'formRecord'] : []),
    ...(signing === 'hmac' ? ['hmac'] : []),
    body === 'json' ? 'parseJson' : 'parseForm',
    'reject',
    ...(signing === 'none' ? [] : ['safeEqual']),
    ...(signing === 'hmac' ? ['strictHex'] : []),
    ...(body === 'json' ? ['type Json'] : []),
    'type Notification',
    'type StoredNotification',
    'type Verdict',
  ];
  const own =
    signing === 'none'
      ? ''
      : `import type { ${pascal(name)}Credentials } from './credentials.js';\n`;
  return `import {
${values.map((value) => `  ${value},`).join('\n')}
} from '#contract';
${own}
export type Payload = ${PARSER[body].type};
${proofs[signing](wanted)}${reopen(body)}`;
}
