import type { CanonicalEvent } from '../../contract/index.js';
import type { DeliveryViews } from '../deliveries/delivery-views.js';
import type { receiptLine } from '../receipts/receipt-view.js';
import type { Cell } from './csv.js';

/** Columns by their names, in their order. They are a promise: new ones come at the end. */
export type Columns<T> = Readonly<Record<string, (row: T) => Cell>>;

export const EVENT_COLUMNS: Columns<CanonicalEvent> = {
  id: ({ id }) => id,
  type: ({ type }) => type,
  test: ({ test }) => test,
  account: ({ source }) => source.account,
  source: ({ source }) => source.plugin,
  native_type: ({ source }) => source.nativeType,
  trust: ({ source }) => source.trust,
  occurred_at: ({ occurredAt }) => occurredAt,
  received_at: ({ receivedAt }) => receivedAt,
  order_id: ({ order }) => order?.id ?? null,
  order_parent_id: ({ order }) => order?.parentId ?? null,
  order_line: ({ order }) => order?.line ?? null,
  order_sequence: ({ order }) => order?.sequence ?? null,
  order_aliases: ({ order }) => order?.aliases ?? null,
  click_id: ({ attribution }) => attribution.clickId,
  affiliate_id: ({ attribution }) => attribution.affiliateId,
  coupon: ({ attribution }) => attribution.coupon,
  campaign_id: ({ attribution }) => attribution.campaignId,
  offer_id: ({ attribution }) => attribution.offerId,
  placement: ({ attribution }) => attribution.placement,
  sub_ids: ({ attribution }) => attribution.subIds,
  attributed_by: ({ attribution }) => attribution.how,
  revenue_amount: ({ revenue }) => revenue?.amount ?? null,
  revenue_currency: ({ revenue }) => revenue?.currency ?? null,
  consent: ({ consent }) => consent.state,
  flags: ({ flags }) => flags,
  reverses: ({ reverses }) => reverses,
  adjusts: ({ adjusts }) => adjusts,
  targets: ({ plan }) => plan.map(({ target }) => target),
  receipt_id: ({ receiptId }) => receiptId,
  key: ({ source }) => source.key,
};

/** At the end, and only for keys that may see them. */
export const PAYOUT_COLUMNS: Columns<CanonicalEvent> = {
  payout_amount: ({ payout }) => payout?.amount ?? null,
  payout_currency: ({ payout }) => payout?.currency ?? null,
};

export const DELIVERY_COLUMNS: Columns<ReturnType<DeliveryViews['line']>> = {
  id: ({ id }) => id,
  event_id: ({ eventId }) => eventId,
  type: ({ type }) => type,
  account: ({ account }) => account,
  target: ({ target }) => target,
  route: ({ route }) => route,
  config_version: ({ configVersion }) => configVersion,
  state: ({ state }) => state,
  reason: ({ reason }) => reason,
  attempts: ({ attempts }) => attempts,
  crashes: ({ crashes }) => crashes,
  may_have_arrived: ({ mayHaveArrived }) => mayHaveArrived,
  created_at: ({ createdAt }) => createdAt,
  next_try_at: ({ nextTryAt }) => nextTryAt,
  deadline: ({ deadline }) => deadline,
  settled_at: ({ settledAt }) => settledAt,
  parent: ({ parent }) => parent,
  replay_of: ({ replayOf }) => replayOf,
  sentence: ({ explanation }) => explanation.sentence,
  who: ({ explanation }) => explanation.who,
  next: ({ explanation }) => explanation.next,
};

export const RECEIPT_COLUMNS: Columns<ReturnType<typeof receiptLine>> = {
  id: ({ id }) => id,
  account: ({ account }) => account,
  source: ({ source }) => source,
  state: ({ state }) => state,
  reason: ({ reason }) => reason,
  via: ({ via }) => via,
  received_at: ({ receivedAt }) => receivedAt,
  trust: ({ trust }) => trust,
  credential: ({ credential }) => credential,
  event_ids: ({ eventIds }) => eventIds,
};
