import type { Json } from '#contract';

/** INS v6 and later: the decrypted JSON. */
export interface InsPayload {
  readonly format: 'ins';
  readonly message: { readonly [name: string]: Json };
}

/** INS v1 to v5: the posted fields without `cverify`. */
export interface LegacyPayload {
  readonly format: 'legacy';
  readonly fields: Readonly<Record<string, string>>;
}

export type ClickBankPayload = InsPayload | LegacyPayload;

/** What both generations say, in one shape. Texts as sent; amounts not yet money. */
export interface Message {
  /** `SALE`, `BILL`, `RFND` … */
  readonly type: string;
  /** `********` in test messages; undefined in service notices. */
  readonly receipt: string | undefined;
  /** `VENDOR`, `AFFILIATE`, `JV_UPSELL`; '' when not said. */
  readonly role: string;
  /** ISO 8601 UTC; undefined when absent or unreadable. */
  readonly at: string | undefined;
  /** The time as sent, for the key of messages whose time is unreadable. */
  readonly rawTime: string;
  readonly affiliate: string | undefined;
  /** What this account earned or lost, US dollars. */
  readonly accountAmount: Amount | undefined;
  /** What the buyer paid or got back, tax and shipping included. */
  readonly orderAmount: Amount | undefined;
  /** The currency stated for the order. */
  readonly currency: string | undefined;
  readonly paymentMethod: string | undefined;
  readonly originalReceipt: string | undefined;
  /** A line says so; the legacy versions only name the original receipt. */
  readonly upsell: boolean;
  /** Payments made so far, the first included; undefined for one-off orders. */
  readonly payments: number | undefined;
  readonly email: string | undefined;
  readonly declinedConsent: boolean;
  /** Fields that every message of this version carries are missing. */
  readonly incomplete: boolean;
  readonly trackingCodes: readonly string[];
  /** Vendor variables and affiliate tracking parameters by name. */
  readonly variables: Readonly<Record<string, string>>;
}

/** `decimal`: dollars with a point (v6+); `cents`: whole hundredths (v1–v5). */
export interface Amount {
  readonly unit: 'decimal' | 'cents';
  readonly text: string;
}
