/** The canonical event types, by their wire names (architecture §4). */
export const EVENT_TYPES = [
  'CLICK',
  'LEAD',
  'QUALIFIED_LEAD',
  'APPROVED_LEAD',
  'REJECTED_LEAD',
  'SALE',
  'REBILL',
  'REFUND',
  'CHARGEBACK',
  'CHARGEBACK_REVERSED',
  'CANCELED',
  'ADJUSTMENT',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/**
 * Types that speak about an earlier event of the same order. A delivery of one of these waits for
 * the delivery of the event it speaks about on the same target (architecture §3, "Delivery states").
 */
export const REVERSAL_TYPES = [
  'REFUND',
  'CHARGEBACK',
  'CHARGEBACK_REVERSED',
  'CANCELED',
  'REJECTED_LEAD',
  'ADJUSTMENT',
] as const satisfies readonly EventType[];

const reversals: ReadonlySet<string> = new Set(REVERSAL_TYPES);

/** True for types that take back or correct an earlier event. */
export const isReversal = (type: EventType): boolean => reversals.has(type);

/** Integer minor units of an ISO 4217 currency; never a float. 4900 USD = $49.00, 4900 JPY = ¥4900. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** How sure we are who sent a notification, strongest first. */
export type Trust = 'signed' | 'encrypted' | 'shared-secret' | 'unauthenticated';

/** Chain of events of one purchase. `aliases` are other names of the same purchase (intent, charge, receipt with suffix …). */
export interface Order {
  readonly id: string;
  readonly parentId: string | null;
  readonly line: string | null;
  readonly sequence: number | null;
  readonly aliases: readonly string[];
}

/** One click or impression on the way to a conversion. `at`: ISO 8601 UTC. */
export interface TouchPoint {
  readonly clickId: string;
  readonly kind: 'click' | 'impression';
  readonly at: string;
  readonly affiliateId: string | null;
  readonly offerId: string | null;
}

export interface Attribution {
  readonly clickId: string | null;
  readonly affiliateId: string | null;
  readonly coupon: string | null;
  readonly campaignId: string | null;
  readonly offerId: string | null;
  readonly placement: string | null;
  readonly utm: Readonly<Record<string, string>>;
  readonly subIds: readonly string[];
  readonly model: 'last-touch' | 'first-touch';
  readonly how: 'click' | 'coupon' | 'referral' | 'none' | 'pending';
  /** The affiliate's own id of the click, for a postback to the affiliate. */
  readonly affiliateClickId?: string | null;
  /** Every known touch before the conversion, oldest first; absent when the click is not one that this gateway keeps. */
  readonly path?: readonly TouchPoint[];
}

export interface Consent {
  readonly state: 'granted' | 'denied' | 'unknown';
  readonly region: string | null;
  readonly basis: string | null;
}

/** One target this event goes to, frozen when the event was committed. */
export interface PlannedDelivery {
  readonly target: string;
  readonly route: string;
  readonly configVersion: number;
}

/** One canonical fact in the ledger, schema version 1 (architecture §4). Times are ISO 8601 UTC with milliseconds. */
export interface CanonicalEvent {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly type: EventType;
  readonly test: boolean;
  readonly receiptId: string;
  readonly contentHash: string;
  readonly occurredAt: string;
  readonly receivedAt: string;
  readonly source: {
    readonly plugin: string;
    readonly account: string;
    readonly key: string;
    readonly nativeType: string;
    readonly trust: Trust;
  };
  readonly order: Order | null;
  readonly attribution: Attribution;
  readonly revenue: Money | null;
  readonly payout: Money | null;
  readonly customer: { readonly ref: string | null; readonly emailHash: string | null };
  readonly consent: Consent;
  readonly flags: readonly string[];
  readonly reverses: string | null;
  readonly adjusts: string | null;
  readonly plan: readonly PlannedDelivery[];
}
