import type { Consent, EventType, Money } from './event.js';

/**
 * What a source plugin makes of one verified notification. The core adds id, hashes, plan and
 * received time. Leave a member out when the network does not say it: never invent one.
 */
export interface EventDraft {
  /**
   * Idempotency key inside the account: the same fact told twice must give the same key, two facts
   * never the same. Holds the kind, because refunds often reuse the sale's ids. At most 512 characters.
   */
  readonly key: string;
  readonly type: EventType;
  /** The network's own word for it, e.g. `RFND` or `invoice.paid`. */
  readonly nativeType: string;
  readonly test: boolean;
  /** ISO 8601 UTC (`toISOString` form). `null`: the network does not say; the core takes the received time. */
  readonly occurredAt: string | null;
  readonly order?: OrderHint;
  readonly attribution?: AttributionHint;
  /**
   * What the buyer paid or got back; never negative (the type gives the sign), except in an ADJUSTMENT, where it is the
   * signed difference to the order's revenue: sums do not depend on the order of arrival, new totals would.
   */
  readonly revenue?: Money;
  /** What the affiliate or this account earns from it, by the network's own word. */
  readonly payout?: Money;
  readonly customer?: CustomerHint;
  readonly consent?: Partial<Consent>;
  /** Findings worth showing, kebab-case, e.g. `parent-missing`, `ambiguous-hour`. */
  readonly flags?: readonly string[];
  /** Key (of the same account) of the event that this one takes back, when the network's fields give it. */
  readonly reversesKey?: string;
  /** Key (of the same account) of the event that this one corrects. */
  readonly adjustsKey?: string;
  /**
   * CRMs: the record and the state that makes this event; it goes through the state of the record (docs/plugins.md): a
   * re-save is dropped, a sold record that is a lead again is CANCELED, and CANCELED without a sale is dropped.
   */
  readonly record?: RecordState;
}

/** A record of a CRM and where it stands, by meaning (`SALE`) and not by the CRM's own stage. */
export interface RecordState {
  /** Unique inside the account, with the kind of record: `deal:7`. At most 512 characters. */
  readonly id: string;
  readonly state: string;
}

/**
 * A record was seen in a state that is no event: the deal is open again. The core remembers it, and takes the sale back
 * where the record was sold before.
 */
export interface RecordSeen {
  readonly seen: RecordState;
  readonly nativeType: string;
  /** As in a draft. */
  readonly occurredAt: string | null;
}

export interface OrderHint {
  readonly id: string;
  readonly parentId?: string | undefined;
  readonly line?: string | undefined;
  readonly sequence?: number | undefined;
  readonly aliases?: readonly string[] | undefined;
}

export interface AttributionHint {
  readonly clickId?: string | undefined;
  readonly affiliateId?: string | undefined;
  readonly coupon?: string | undefined;
  readonly campaignId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly placement?: string | undefined;
  /** The affiliate's own id of the click, where the network tells it beside `clickId`. */
  readonly affiliateClickId?: string | undefined;
  readonly utm?: Readonly<Record<string, string>> | undefined;
  readonly subIds?: readonly string[] | undefined;
}

/** Raw personal data: the core stores keyed hashes only. */
export interface CustomerHint {
  readonly id?: string | undefined;
  readonly email?: string | undefined;
}

/**
 * Two or more names of the same purchase, learnt from a notification that is itself no event
 * (Stripe's `invoice_payment.paid` ties an invoice to its payment intent).
 */
export interface OrderLink {
  readonly link: readonly string[];
}

/** Verified but not understood: the receipt is parked, visible and replayable; the network still gets its 2xx. */
export interface NotUnderstood {
  readonly notUnderstood: string;
}

/** One thing that a notification tells. */
export type Told = EventDraft | OrderLink | RecordSeen;

export type Normalized = readonly Told[] | NotUnderstood;

/** What `normalize` knows beside the payload. `receivedAt` is missing on purpose: leave `occurredAt` null instead. */
export interface NormalizeContext<S> {
  readonly settings: S;
}

/** Park the notification, with a reason a person can act on (no personal data, no secret). */
export const notUnderstood = (reason: string): NotUnderstood => ({ notUnderstood: reason });

export const isNotUnderstood = (value: Normalized): value is NotUnderstood =>
  'notUnderstood' in value;

export const isOrderLink = (value: Told): value is OrderLink => 'link' in value;

export const isRecordSeen = (value: Told): value is RecordSeen => 'seen' in value;

/** True for what may become an event: neither a link nor a state that was only seen. */
export const isDraft = (value: Told): value is EventDraft => 'key' in value;
