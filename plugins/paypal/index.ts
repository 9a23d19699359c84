import { accept, defineSource, notUnderstood, reject } from '#contract';
import { token } from './api.js';
import { backfill } from './backfill.js';
import { certificateRequest, environmentOf } from './certificate.js';
import { EVENT_TABLE, handlerOf } from './event-table.js';
import { eventOf, readEvent, type PayPalPayload } from './message.js';
import { PayPalCredentials, PayPalSettings } from './settings.js';
import { signatureFault } from './signature.js';

const shown = (type: string): string => (/^[\w.-]{1,100}$/.test(type) ? type : 'unreadable');

/**
 * PayPal REST webhooks: Orders v2 captures, v1 sales, subscriptions, disputes. RSA signature over ids and the CRC-32 of
 * the raw body; the certificate is fetched by the core through `materials`.
 */
export default defineSource<PayPalCredentials, PayPalSettings, PayPalPayload>({
  name: 'paypal',
  label: 'PayPal',
  credentials: PayPalCredentials,
  settings: PayPalSettings,
  methods: ['POST'],
  events: EVENT_TABLE,
  keepHeaders: [
    'paypal-transmission-id',
    'paypal-transmission-time',
    'paypal-transmission-sig',
    'paypal-cert-url',
    'paypal-auth-algo',
  ],
  redact: [
    'resource.payer',
    'resource.payee',
    'resource.subscriber',
    'resource.shipping_address',
    'resource.disputed_transactions[0].buyer',
    'resource.messages',
  ],
  setUp:
    'developer.paypal.com → Apps & Credentials → your app (Live) → Webhooks → Add webhook: paste the URL of this account ' +
    'and choose Payment capture completed, refunded, reversed; Payment sale completed, refunded, reversed; Billing ' +
    'subscription activated, cancelled, expired, suspended; Customer dispute created, updated, resolved. Copy the webhook id.',

  materials: (notification, { environment }) => certificateRequest(notification, environment),

  verify(notification, credentials, materials) {
    const fault = signatureFault(notification, credentials, materials);
    if (fault) return reject(fault);
    const parsed = readEvent(notification.body);
    return parsed.ok
      ? accept({ sandbox: credentials.environment === 'sandbox', event: parsed.value }, 'signed')
      : reject(parsed.fault);
  },

  reopen({ body, headers }) {
    const parsed = readEvent(body);
    return {
      sandbox: environmentOf(headers['paypal-cert-url']) === 'sandbox',
      event: parsed.ok ? parsed.value : null,
    };
  },

  normalize(payload, { settings }) {
    const event = eventOf(payload);
    const handle = handlerOf(event.type);
    return handle
      ? handle(event, settings)
      : notUnderstood(`unknown event type ${shown(event.type)}`);
  },
  jobs: [backfill],
  token,
});
