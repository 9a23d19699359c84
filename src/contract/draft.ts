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
  /** CRMs: the record and its state; the core keeps the last state and drops re-saves. */
  readonly record?: { readonly id: string; readonly state: string };
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

export type Normalized = readonly (EventDraft | OrderLink)[] | NotUnderstood;

/** Park the notification, with a reason a person can act on (no personal data, no secret). */
export const notUnderstood = (reason: string): NotUnderstood => ({ notUnderstood: reason });

export const isNotUnderstood = (value: Normalized): value is NotUnderstood =>
  'notUnderstood' in value;

export const isOrderLink = (value: EventDraft | OrderLink): value is OrderLink => 'link' in value;
