import { createHash, createHmac } from 'node:crypto';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string;
}

/** Which service of which region is asked, and when. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
  readonly at: Date;
}

export interface Unsigned {
  readonly method: string;
  readonly url: string;
  /** Lower-case names; all are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text, 'utf8').digest();

/** RFC 3986: everything but unreserved characters, in upper-case hexadecimal. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const canonicalQuery = (url: URL): string =>
  [...url.searchParams]
    .map(([name, value]): [string, string] => [encoded(name), encoded(value)])
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** `20150830T123600Z` */
const stamp = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, '');

/**
 * AWS Signature Version 4, in the header `authorization`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Returns all headers to send
 * but `host`, which is signed and which the transport writes. The path must not need encoding.
 */
export function signV4(
  { method, url, headers, body }: Unsigned,
  keys: AwsKeys,
  { region, service, at }: SigningScope,
): Readonly<Record<string, string>> {
  const place = new URL(url);
  const time = stamp(at);
  const token =
    keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken };
  const sent = { ...headers, ...token, 'x-amz-date': time };
  const all = Object.entries({ ...sent, host: place.host }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const names = all.map(([name]) => name).join(';');
  const lines = all.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`);
  const canonical = [method, place.pathname, canonicalQuery(place), lines.join(''), names];
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, time, scope, sha256([...canonical, sha256(body)].join('\n'))].join('\n');
  const day = hmac(`AWS4${keys.secretAccessKey}`, time.slice(0, 8));
  const key = hmac(hmac(hmac(day, region), service), 'aws4_request');
  const signature = hmac(key, text).toString('hex');
  const authorization = `${ALGORITHM} Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}
