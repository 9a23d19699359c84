import { createHash, createHmac, randomBytes } from 'node:crypto';
import { ACCOUNTS, targetOf } from '../scenarios.js';
import type { StripeSession, Verified } from './door.js';

/** Documents with the fields of the gateway's own, so that MongoDB has the same bytes to write. */
export interface EventDoc {
  readonly _id: string;
  readonly [field: string]: unknown;
}

const PLANS: ReadonlyMap<string, readonly string[]> = new Map(
  [...ACCOUNTS].map(([account, targets]) => [account, targets.map(targetOf)]),
);

export const targetsOf = (account: string): readonly string[] => PLANS.get(account) ?? [];

const hashed = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

const keyed = (text: string): string =>
  createHmac('sha256', 'bench').update(text).digest('base64url');

export const timeId = (now: number): string =>
  now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');

export const deliveryId = (event: string, target: string): string => hashed(event, target);

export const receiptDoc = ({ account, raw, headers }: Verified, event: string, now: number) => ({
  _id: timeId(now),
  account,
  source: 'stripe',
  state: 'recorded',
  via: 'network',
  at: new Date(now),
  method: 'POST',
  query: '',
  headers,
  raw,
  trust: 'signed',
  credential: 'current',
  eventIds: [event],
});

const attribution = (metadata: StripeSession['metadata']) => ({
  clickId: metadata['click_id'] ?? null,
  affiliateId: metadata['affiliate_id'] ?? null,
  coupon: null,
  campaignId: null,
  offerId: null,
  placement: null,
  utm: {},
  subIds: [metadata['sub1'] ?? ''],
  model: 'last-touch',
  how: 'click',
});

const order = ({ id, payment_intent }: StripeSession) => ({
  id: payment_intent,
  parentId: null,
  line: null,
  sequence: 1,
  aliases: [id],
});

/** The canonical event. Its id comes from account and key, so a repeat meets the unique `_id`. */
export function eventDoc({ account, payload }: Verified, now: number): EventDoc {
  const session = payload.data.object;
  const key = `${session.payment_intent}:sale`;
  return {
    _id: hashed(account, key),
    schemaVersion: 1,
    type: 'SALE',
    test: !payload.livemode,
    contentHash: hashed(JSON.stringify(session)),
    occurredAt: new Date(payload.created * 1000).toISOString(),
    receivedAt: new Date(now).toISOString(),
    source: { plugin: 'stripe', account, key, nativeType: payload.type, trust: 'signed' },
    order: order(session),
    attribution: attribution(session.metadata),
    revenue: { amount: session.amount_total, currency: session.currency.toUpperCase() },
    payout: null,
    customer: { ref: keyed(session.customer), emailHash: keyed(session.customer_details.email) },
    consent: { state: 'unknown', region: null, basis: null },
    flags: [],
    reverses: null,
    adjusts: null,
    plan: targetsOf(account).map((target) => ({ target, route: 'r', configVersion: 1 })),
    refs: [`${account}|${session.payment_intent}`, `${account}|${session.id}`],
    at: new Date(now),
  };
}

/** The partner's address for an event: a GET with click and order, as the gateway's target is configured. */
export function postbackPath(event: EventDoc, target: string): string {
  const { clickId } = event['attribution'] as { clickId: string };
  const { id } = event['order'] as { id: string };
  return `/${target}/p?cid=${encodeURIComponent(clickId)}&txid=${encodeURIComponent(id)}`;
}
