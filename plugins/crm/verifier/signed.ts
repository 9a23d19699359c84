import { verify } from 'node:crypto';
import {
  hmac,
  safeEqual,
  strictBase64,
  strictHex,
  type Notification,
  type RejectionReason,
} from '#contract';
import { urlSpellings } from './public-url.js';
import type { Scheme } from './scheme.js';
import { messageOf } from './template.js';

/** What the signature headers say, before anything is believed. */
interface Claim {
  readonly timestamp: string;
  readonly id: string;
  readonly signatures: readonly Buffer[];
}

const DIGITS = { s: /^\d{10}$/, ms: /^\d{13}$/ };

/** Values of one name in `t=1,v1=ab,v1=cd`. */
const valuesOf = (header: string, separator: string, name: string): readonly string[] =>
  header.split(separator).flatMap((pair) => {
    const cut = pair.indexOf('=');
    return pair.slice(0, Math.max(cut, 0)).trim() === name ? [pair.slice(cut + 1).trim()] : [];
  });

function signatureTexts(header: string, scheme: Scheme): readonly string[] {
  if (scheme.pairs) return valuesOf(header, scheme.pairs.separator, scheme.pairs.signature);
  const list = scheme.split === '' ? [header] : header.split(scheme.split);
  return list.flatMap((one) => {
    const text = one.trim();
    return text.startsWith(scheme.prefix) ? [text.slice(scheme.prefix.length)] : [];
  });
}

/** Signatures tried per request: rotation needs two, a header full of them is an attack on our time. */
const MAX_SIGNATURES = 10;

function decoded(header: string, scheme: Scheme): readonly Buffer[] {
  const decode = scheme.encoding === 'hex' ? strictHex : strictBase64;
  return signatureTexts(header, scheme)
    .slice(0, MAX_SIGNATURES)
    .flatMap((text) => decode(text) ?? []);
}

function timestampOf(header: string, of: Notification, scheme: Scheme): string | undefined {
  if (scheme.tsHeader !== undefined) return of.headers[scheme.tsHeader.toLowerCase()];
  if (!scheme.pairs) return '';
  const found = valuesOf(header, scheme.pairs.separator, scheme.pairs.timestamp);
  // Two times in one header: the signed one and a fresh one would both be at hand.
  return found.length === 1 ? found[0] : undefined;
}

function claimOf(of: Notification, scheme: Scheme): Claim | undefined {
  const header = of.headers[scheme.header.toLowerCase()];
  if (header === undefined || header.trim() === '' || header === 'N/A') return undefined;
  const timestamp = timestampOf(header, of, scheme);
  const id = scheme.idHeader === undefined ? '' : of.headers[scheme.idHeader.toLowerCase()];
  if (timestamp === undefined || id === undefined) return undefined;
  return { timestamp, id, signatures: decoded(header, scheme) };
}

function proves(
  signature: Buffer,
  message: readonly (string | Buffer)[],
  proof: Scheme['proof'],
): boolean {
  if (proof.kind === 'hmac') return safeEqual(signature, hmac(proof.alg, proof.key, ...message));
  const whole = Buffer.concat(
    message.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  );
  return signature.length === 64 && verify(null, whole, proof.key, signature);
}

function signed(of: Notification, claim: Claim, scheme: Scheme): boolean {
  const urls = scheme.template.includes('url') ? urlSpellings(of, scheme.publicUrl) : [''];
  return urls.some((url) => {
    const message = messageOf(scheme.template, scheme.separator, {
      method: of.method,
      url,
      timestamp: claim.timestamp,
      id: claim.id,
      body: of.body,
    });
    return claim.signatures.some((signature) => proves(signature, message, scheme.proof));
  });
}

const fresh = (timestamp: string, now: number, scheme: Scheme): boolean =>
  Math.abs(now - Number(timestamp) * (scheme.tsUnit === 's' ? 1000 : 1)) <=
  scheme.toleranceSec * 1000;

/**
 * Checks a signature over the raw bytes, then its age, so that `stale` means: really theirs, but late. Undefined
 * when it holds.
 */
export function signatureFault(of: Notification, scheme: Scheme): RejectionReason | undefined {
  const timed = scheme.tsHeader !== undefined || scheme.pairs !== undefined;
  const claim = claimOf(of, scheme);
  if (!claim) return 'missing-signature';
  // The fields of a GET stand in its query, which only the URL part covers.
  if (of.method === 'GET' && !scheme.template.includes('url')) return 'missing-signature';
  if (timed && !DIGITS[scheme.tsUnit].test(claim.timestamp)) return 'bad-signature';
  if (!signed(of, claim, scheme)) return 'bad-signature';
  return timed && !fresh(claim.timestamp, of.receivedAt, scheme) ? 'stale' : undefined;
}
