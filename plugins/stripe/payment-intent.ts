import { compact, textAt, type AttributionHint, type EventDraft } from '#contract';
import { stripeMoney } from './amount.js';
import { attributionOf, customerOf, isAttributed } from './attribution.js';
import type { StripeSettings } from './settings.js';
import {
  idAt,
  known,
  lacks,
  tie,
  type Handler,
  type Snapshot,
  type StripeObject,
} from './snapshot.js';

/** What Stripe itself writes into the description of an intent that pays an invoice. */
const INVOICE_WORDS: ReadonlySet<string> = new Set([
  'Subscription creation',
  'Subscription update',
  'Payment for Invoice',
]);

interface Origin {
  /** The invoice it pays, by the field of versions before 2025-03-31. */
  readonly invoice: string | undefined;
  /** `in_…` or `cs_…`: recent versions name there what the intent was made for (seen in live messages). */
  readonly reference: string | undefined;
  readonly wordsOfInvoice: boolean;
}

const originOf = (intent: StripeObject): Origin => ({
  invoice: idAt(intent, 'invoice'),
  reference: /^(?:in|cs)_\w+$/.exec(textAt(intent, 'payment_details.order_reference') ?? '')?.[0],
  wordsOfInvoice: INVOICE_WORDS.has(textAt(intent, 'description') ?? ''),
});

/**
 * Whether the intent itself is the sale. Since 2025-03-31 it no longer has to say that it pays an invoice, and it
 * never had to say that a Checkout Session made it; so by default it counts only when nothing points elsewhere and it
 * can be attributed by its own metadata. An intent nobody can be paid for costs nothing when it is left out.
 */
function counts(
  origin: Origin,
  settings: StripeSettings,
  hint: AttributionHint | undefined,
): boolean {
  const paysInvoice =
    origin.invoice !== undefined ||
    origin.wordsOfInvoice ||
    origin.reference?.startsWith('in_') === true;
  if (paysInvoice || settings.sales === 'checkout') return false;
  if (settings.sales === 'payment-intents') return true;
  return origin.reference === undefined && isAttributed(hint);
}

const chargeOf = (intent: StripeObject): string | undefined =>
  idAt(intent, 'latest_charge') ?? idAt(intent, 'charges.data[0]');

function saleOf(event: Snapshot, hint: AttributionHint | undefined): EventDraft | undefined {
  const intent = event.object;
  const id = idAt(intent, 'id');
  const revenue = stripeMoney(intent['amount_received'] ?? intent['amount'], intent['currency']);
  if (id === undefined || !revenue) return undefined;
  return {
    // The key of the session's sale: whatever the settings miss, the same money never counts twice.
    key: `${id}:sale`,
    type: 'SALE',
    nativeType: event.type,
    test: event.test,
    occurredAt: event.at,
    order: { id, sequence: 1, aliases: known(chargeOf(intent)) },
    revenue,
    ...compact({ attribution: hint, customer: customerOf(intent) }),
  };
}

/** `payment_intent.succeeded`: a sale of an own payment form, or only the tie between intent, charge and invoice. */
export const intentSucceeded: Handler = (event, settings) => {
  const origin = originOf(event.object);
  const hint = attributionOf(event.object, settings);
  if (!counts(origin, settings, hint)) {
    return tie(idAt(event.object, 'id'), chargeOf(event.object), origin.invoice, origin.reference);
  }
  const sale = saleOf(event, hint);
  return sale ? [sale] : lacks(event, 'id, amount or currency');
};

/** `charge.succeeded`: the third name of the same money, never a sale. */
export const chargeSucceeded: Handler = (event) =>
  tie(
    idAt(event.object, 'payment_intent'),
    idAt(event.object, 'id'),
    idAt(event.object, 'invoice'),
  );
