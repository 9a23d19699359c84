import { createPublicKey, verify as verifySignature, type KeyObject } from 'node:crypto';
import {
  accept,
  isRecord,
  parseJson,
  pathTokenFault,
  pick,
  reject,
  safeEqual,
  strictBase64,
  textAt,
  type Notification,
  type RejectionReason,
  type Trust,
  type Verdict,
} from '#contract';
import type { GoHighLevelCredentials } from './settings.js';

export type Members = Readonly<Record<string, unknown>>;

/** An app webhook, or the free-form body of a workflow action. */
export interface GoHighLevelPayload {
  readonly from: 'app' | 'workflow';
  readonly message: Members;
}

/** HighLevel's published key (its webhook integration guide); the same for every customer. */
const PUBLISHED = 'MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=';

const keys = new Map<string, KeyObject | undefined>();

function keyOf(spki: string): KeyObject | undefined {
  if (!keys.has(spki) && keys.size < 100) {
    const der = strictBase64(spki);
    try {
      keys.set(spki, der && createPublicKey({ key: der, format: 'der', type: 'spki' }));
    } catch {
      keys.set(spki, undefined);
    }
  }
  return keys.get(spki);
}

/** `N/A` stands where a signature is not made. */
const headerOf = (of: Notification): string | undefined => {
  const header = of.headers['x-ghl-signature']?.trim();
  return header === '' || header === 'N/A' ? undefined : header;
};

function signatureFault(
  of: Notification,
  header: string,
  publicKey?: string,
): RejectionReason | undefined {
  const signature = strictBase64(header, 64);
  const key = keyOf(publicKey ?? PUBLISHED);
  return signature &&
    key?.asymmetricKeyType === 'ed25519' &&
    verifySignature(null, of.body, key, signature)
    ? undefined
    : 'bad-signature';
}

/** A signature that is there decides alone; without one only the secret path of workflow actions counts. */
function proof(
  of: Notification,
  credentials: GoHighLevelCredentials,
): { readonly fault: RejectionReason } | { readonly trust: Trust } {
  const { pathToken, publicKey } = credentials;
  const header = headerOf(of);
  if (header !== undefined) {
    const fault = signatureFault(of, header, publicKey);
    return fault ? { fault } : { trust: 'signed' };
  }
  const fault = pathToken === undefined ? 'missing-signature' : pathTokenFault(of, pathToken);
  return fault ? { fault } : { trust: 'shared-secret' };
}

const LOCATIONS = [
  'locationId',
  'data.locationId',
  'location.id',
  'location_id',
  'customData.location_id',
  'altId',
  'data.altId',
  'appointment.locationId',
];

/** Ed25519 over the raw body, or the secret path; and our own location, since all customers share the key. */
export function verify(
  notification: Notification,
  credentials: GoHighLevelCredentials,
): Verdict<GoHighLevelPayload> {
  const proved = proof(notification, credentials);
  if ('fault' in proved) return reject(proved.fault);
  const parsed = parseJson(notification.body);
  if (!parsed.ok) return reject(parsed.fault);
  const message = parsed.value;
  if (!isRecord(message)) return reject('malformed');
  const ours = LOCATIONS.map((path) => textAt(message, path)).find((id) => id !== undefined);
  if (ours === undefined || !safeEqual(ours, credentials.locationId))
    return reject('wrong-account');
  const from = proved.trust === 'signed' ? 'app' : 'workflow';
  const inner = from === 'app' ? pick(message, 'data') : undefined;
  // The guide nests the record under `data`, the event pages are flat; type, id and time stay outside.
  return accept(
    { from, message: isRecord(inner) ? { ...message, ...inner } : message },
    proved.trust,
  );
}
