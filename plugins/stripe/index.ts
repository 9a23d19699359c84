import {
  accept,
  defineSource,
  isRecord,
  notUnderstood,
  parseJson,
  reject,
  textAt,
  type Json,
  type Normalized,
} from '#contract';
import { backfill } from './backfill.js';
import { EVENT_TABLE, handlerOf } from './event-table.js';
import { StripeCredentials, StripeSettings } from './settings.js';
import { signatureFault } from './signature.js';
import { isSnapshot, snapshotOf, type StripeEvent } from './snapshot.js';

/** Signed, but not an event of Stripe: neither a snapshot (v1) nor a thin event (v2). */
const isEvent = (value: Json): value is StripeEvent =>
  isRecord(value) &&
  textAt(value, 'type') !== undefined &&
  (value['object'] === 'v2.core.event' || isSnapshot(value));

const shown = (type: string): string => (/^[\w.]{1,100}$/.test(type) ? type : 'unreadable');

function normalize(event: StripeEvent, settings: StripeSettings): Normalized {
  const type = textAt(event, 'type') ?? '';
  const snapshot = snapshotOf(event);
  if (!snapshot) {
    return notUnderstood(
      `thin event ${shown(type)}: it names an object that only the API can give`,
    );
  }
  const handle = handlerOf(type);
  return handle ? handle(snapshot, settings) : notUnderstood(`unknown event type ${shown(type)}`);
}

/**
 * Stripe webhooks, v1 snapshot events. Signature: HMAC-SHA256 over `t`, a dot and the raw body, ±300 s.
 * Amounts are minor units by Stripe's own exponents, times are epoch seconds UTC.
 */
export default defineSource({
  name: 'stripe',
  label: 'Stripe',
  credentials: StripeCredentials,
  settings: StripeSettings,
  methods: ['POST'],
  events: EVENT_TABLE,
  keepHeaders: ['stripe-signature'],
  redact: [
    'data.object.client_secret',
    'data.object.url',
    'data.object.hosted_invoice_url',
    'data.object.invoice_pdf',
    'data.object.receipt_url',
    'data.object.customer_details',
    'data.object.customer_email',
    'data.object.customer_phone',
    'data.object.billing_details',
    'data.object.shipping',
    'data.object.receipt_email',
    'data.object.payment_method_details',
  ],
  setUp:
    'Workbench → Webhooks → Add destination (Webhook endpoint, snapshot payload). Events: checkout.session.completed, ' +
    'checkout.session.async_payment_succeeded, payment_intent.succeeded, invoice.paid, invoice_payment.paid, ' +
    'refund.created, refund.updated, refund.failed, charge.dispute.created, charge.dispute.funds_withdrawn, ' +
    'charge.dispute.funds_reinstated, charge.dispute.closed, customer.subscription.deleted.',

  verify(notification, credentials) {
    const fault = signatureFault(notification, credentials.signingSecret);
    if (fault) return reject(fault);
    const parsed = parseJson(notification.body);
    if (!parsed.ok) return reject(parsed.fault);
    return isEvent(parsed.value) ? accept(parsed.value, 'signed') : reject('malformed');
  },

  reopen(stored) {
    const parsed = parseJson(stored.body);
    return parsed.ok && isRecord(parsed.value) ? (parsed.value as StripeEvent) : {};
  },

  normalize: (payload, { settings }) => normalize(payload, settings),
  jobs: [backfill],
});
