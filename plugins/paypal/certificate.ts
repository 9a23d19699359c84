import { X509Certificate, type KeyObject } from 'node:crypto';
import type { HttpRequest, HttpResponse, Notification } from '#contract';
import type { Environment } from './settings.js';

const MAX_URL = 256;
const HOST = /^(?:[a-z0-9-]+\.)+paypal\.com$/;
const SANDBOX = /(?:^|\.)sandbox\.paypal\.com$/;
const PATH = /^\/v1\/notifications\/certs\/[A-Za-z0-9._-]{1,128}$/;

/** The world that a certificate URL belongs to; undefined when it is no address of PayPal's certificates. */
export function environmentOf(url: string | undefined): Environment | undefined {
  if (url === undefined || url.length > MAX_URL || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  const plain = `${port}${username}${password}${search}${hash}` === '';
  if (protocol !== 'https:' || !plain || !HOST.test(hostname) || !PATH.test(pathname)) {
    return undefined;
  }
  return SANDBOX.test(hostname) ? 'sandbox' : 'live';
}

/**
 * The certificate named by `paypal-cert-url`, or nothing when the address is not PayPal's: the header is written by
 * whoever calls, so host and path are pinned here and redirects must not be followed.
 */
export function certificateRequest(
  { headers }: Notification,
  environment: Environment,
): readonly HttpRequest[] {
  const url = headers['paypal-cert-url'];
  return url !== undefined && environmentOf(url) === environment ? [{ method: 'GET', url }] : [];
}

/** CN of a subject as Node prints it: one attribute per line. */
const COMMON_NAME = /^CN=(?:[a-z0-9-]+\.)+paypal\.com$/im;

const FIRST_CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+?-----END CERTIFICATE-----/;

function parse(pem: string): X509Certificate | undefined {
  const first = FIRST_CERTIFICATE.exec(pem)?.[0];
  try {
    return first === undefined ? undefined : new X509Certificate(first);
  } catch {
    return undefined;
  }
}

/**
 * The public key of the fetched certificate: RSA, made out to a name under paypal.com, within its dates at `at` (epoch
 * ms). Its chain is not followed: that it came over TLS from a paypal.com host is what vouches for it.
 */
export function publicKeyOf(response: HttpResponse | undefined, at: number): KeyObject | undefined {
  if (response?.status !== 200) return undefined;
  const certificate = parse(response.body);
  if (!certificate || !COMMON_NAME.test(certificate.subject)) return undefined;
  const { validFrom, validTo, publicKey } = certificate;
  if (!(Date.parse(validFrom) <= at && at <= Date.parse(validTo))) return undefined;
  return publicKey.asymmetricKeyType === 'rsa' ? publicKey : undefined;
}
