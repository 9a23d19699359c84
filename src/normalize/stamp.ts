import { hash } from 'node:crypto';
import {
  canonicalJson,
  type Attribution,
  type AttributionHint,
  type CustomerHint,
  type EventDraft,
  type Order,
  type OrderHint,
  type RecordSeen,
  type Trust,
} from '../contract/index.js';
import { howOf } from '../clicks/attribute.js';
import { judgeClickId } from '../clicks/click-id.js';
import { orderRef, type DeliveryDoc, type EventDoc } from '../ledger/documents.js';
import { deliveryId, eventId } from '../platform/ids/ids.js';
import type { ProcessKey } from '../platform/secrets/process-key.js';
import type { Planned } from '../route/planner.js';

/** What is known about a notification beside its drafts. Times in epoch milliseconds. */
export interface Stamp {
  readonly plugin: string;
  readonly account: string;
  readonly receiptId: string;
  readonly receivedAt: number;
  readonly trust: Trust;
  readonly key: ProcessKey;
}

const order = (hint: OrderHint): Order => ({
  id: hint.id,
  parentId: hint.parentId ?? null,
  line: hint.line ?? null,
  sequence: hint.sequence ?? null,
  aliases: [...new Set(hint.aliases ?? [])].filter((alias) => alias !== hint.id).slice(0, 16),
});

function attribution(hint: AttributionHint, clickId: string | null): Attribution {
  const affiliateId = hint.affiliateId ?? null;
  const coupon = hint.coupon ?? null;
  return {
    clickId,
    affiliateId,
    coupon,
    campaignId: hint.campaignId ?? null,
    offerId: hint.offerId ?? null,
    placement: hint.placement ?? null,
    utm: hint.utm ?? {},
    subIds: hint.subIds ?? [],
    model: 'last-touch',
    how: howOf({ clickId, affiliateId, coupon }),
    ...(hint.affiliateClickId === undefined ? {} : { affiliateClickId: hint.affiliateClickId }),
  };
}

/** Hash of what the network said: the same fact told twice has the same one, whatever attempt counters changed. */
export const contentHash = (draft: EventDraft | RecordSeen): string =>
  hash('sha256', canonicalJson(draft), 'base64url').slice(0, 27);

function refsOf(account: string, hint: OrderHint | undefined): string[] {
  if (!hint) return [];
  const names = [hint.id, hint.parentId, ...(hint.aliases ?? [])];
  return [...new Set(names.filter((name) => name !== undefined))].map((name) =>
    orderRef(account, name),
  );
}

function customerOf(hint: CustomerHint | undefined, key: ProcessKey): EventDoc['customer'] {
  return {
    ref: hint?.id === undefined ? null : key.hash('customer', hint.id),
    emailHash: hint?.email === undefined ? null : key.hash('email', normalEmail(hint.email)),
  };
}

const linked = (stamp: Stamp, key: string | undefined): string | null =>
  key === undefined ? null : eventId(stamp.account, key);

const normalEmail = (email: string): string => email.trim().toLowerCase();

/** Draft to ledger document: ids, hashes, defaults, frozen plan. Pure. */
export function stampEvent(draft: EventDraft, stamp: Stamp, plan: readonly Planned[]): EventDoc {
  const hint = draft.attribution ?? {};
  const click = judgeClickId(hint.clickId, stamp.key);
  const refs = refsOf(stamp.account, draft.order);
  const receivedAt = new Date(stamp.receivedAt);
  return {
    _id: eventId(stamp.account, draft.key),
    schemaVersion: 1,
    type: draft.type,
    test: draft.test,
    receiptId: stamp.receiptId,
    contentHash: contentHash(draft),
    occurredAt: draft.occurredAt ?? receivedAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    source: {
      plugin: stamp.plugin,
      account: stamp.account,
      key: draft.key,
      nativeType: draft.nativeType,
      trust: stamp.trust,
    },
    order: draft.order ? order(draft.order) : null,
    attribution: attribution(hint, click.clickId),
    revenue: draft.revenue ?? null,
    payout: draft.payout ?? null,
    customer: customerOf(draft.customer, stamp.key),
    consent: { state: 'unknown', region: null, basis: null, ...draft.consent },
    flags: [...new Set([...(draft.flags ?? []), ...click.flags])],
    reverses: linked(stamp, draft.reversesKey),
    adjusts: linked(stamp, draft.adjustsKey),
    plan: plan.map(({ target, route, configVersion }) => ({ target, route, configVersion })),
    ...(refs.length > 0 ? { refs } : {}),
    at: receivedAt,
  };
}

/** The rows of an event as they are before birth: the ledger may still claim the `due` ones. */
export function stampRows(
  event: Pick<EventDoc, '_id' | 'type' | 'source'>,
  plan: readonly Planned[],
  now: number,
  waitsForParent: boolean,
): DeliveryDoc[] {
  return plan.map(({ target, route, configVersion, testOnly }) => {
    const base = {
      _id: deliveryId(event._id, target),
      event: event._id,
      target,
      account: event.source.account,
      type: event.type,
      route,
      configVersion,
      attempts: 0,
      crashes: 0,
      at: new Date(now),
      pausedMs: 0,
    };
    if (testOnly) return { ...base, state: 'skipped', reason: 'test', settledAt: new Date(now) };
    if (waitsForParent)
      return { ...base, state: 'held', reason: 'parent', wakeAt: new Date(now + 30_000) };
    return { ...base, state: 'due', wakeAt: new Date(now + 30_000) };
  });
}
