import type { Notification, RejectionReason, Verdict } from '../../contract/index.js';

type Check = (notification: Notification, credentials: object) => Verdict<unknown>;
type Stated = Readonly<Record<string, unknown>>;
type Checked =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly faults: readonly unknown[] };

/** What each reason of a refusal means for the person who has to find it. */
export const REASONS: Readonly<Record<RejectionReason, string>> = {
  'bad-signature': 'the signature does not fit body and secret: one of the two is another one',
  'missing-signature':
    'the header (or field) with the signature is not there: a proxy may have dropped it',
  undecipherable: 'it cannot be decrypted with this secret, or is not encrypted at all',
  stale: 'its time is too far from the time of arrival',
  'bad-token': 'the token is another one, or there is none',
  'wrong-account': 'it is genuine as far as can be seen, but speaks of another account',
  malformed: 'the body is not what this network sends',
  empty: 'the body is empty',
  'too-deep': 'it is nested deeper than any real message',
  'duplicate-keys': 'a field stands in it twice, which this network never sends',
};

const retexted = (change: (text: string) => string) => (notification: Notification) => ({
  ...notification,
  // latin1 maps bytes to characters one to one.
  body: Buffer.from(change(notification.body.toString('latin1')), 'latin1'),
});

const reserialized =
  (indent: number) =>
  (notification: Notification): Notification => {
    try {
      const parsed: unknown = JSON.parse(notification.body.toString('utf8'));
      return { ...notification, body: Buffer.from(JSON.stringify(parsed, null, indent)) };
    } catch {
      return notification;
    }
  };

const CHANGES: readonly (readonly [says: string, change: (one: Notification) => Notification])[] = [
  [
    'without the line break at its end: the capture added one',
    retexted((text) => text.replace(/\r?\n$/, '')),
  ],
  ['with a line break at its end: the capture dropped it', retexted((text) => `${text}\n`)],
  [
    'with LF for CRLF: the capture changed the line ends',
    retexted((text) => text.replaceAll('\r\n', '\n')),
  ],
  [
    'with CRLF for LF: the capture changed the line ends',
    retexted((text) => text.replaceAll(/\r?\n/g, '\r\n')),
  ],
  ['as compact JSON: the body was formatted anew on the way', reserialized(0)],
  ['as indented JSON: the body was formatted anew on the way', reserialized(2)],
];

/** Times near those that stand in the request: a capture is checked later than it arrived. */
function times({ headers, body }: Notification): readonly number[] {
  const text = `${Object.values(headers).join(' ')} ${body.subarray(0, 65_536).toString('latin1')}`;
  const found = [...text.matchAll(/\b(\d{13}|\d{10})\b/g)].slice(0, 20);
  return found.map(([, digits = '']) => Number(digits) * (digits.length === 10 ? 1000 : 1));
}

const trimmed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value);

/** What is often wrong, tried one by one: each sentence completes "It would pass …". */
export function suspects(
  check: Check,
  notification: Notification,
  stated: Stated,
  credentialsOf: (stated: Stated) => Checked,
): readonly string[] {
  const made = credentialsOf(stated);
  if (!made.ok) return [];
  const passes = (one: Notification, credentials: object = made.value): boolean =>
    check(one, credentials).ok;
  const byBody = CHANGES.filter(([, change]) => passes(change(notification))).map(([says]) => says);
  const time = times(notification).find((receivedAt) => passes({ ...notification, receivedAt }));
  const byTime =
    time === undefined ? [] : [`at ${new Date(time).toISOString()}: say --at, when it arrived`];
  const tidy = credentialsOf(
    Object.fromEntries(Object.entries(stated).map(([name, value]) => [name, trimmed(value)])),
  );
  const bySecret =
    tidy.ok && passes(notification, tidy.value)
      ? ['without the blanks around a secret: they were copied along']
      : [];
  return [...byBody, ...byTime, ...bySecret];
}
