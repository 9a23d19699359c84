import { accept, defineSource, notUnderstood, reject, type Json } from '#contract';
import { backfill } from './backfill.js';
import { EVENT_TABLE, handlerOf } from './event-table.js';
import { eventOf, readEvent } from './message.js';
import { PaddleCredentials, PaddleSettings } from './settings.js';
import { signatureFault } from './signature.js';

const shown = (type: string): string => (/^[\w.]{1,100}$/.test(type) ? type : 'unreadable');

/** Paddle Billing notifications: HMAC-SHA256 over timestamp and raw body; amounts are texts of minor units. */
export default defineSource<PaddleCredentials, PaddleSettings, Json>({
  name: 'paddle',
  label: 'Paddle',
  credentials: PaddleCredentials,
  settings: PaddleSettings,
  methods: ['POST'],
  events: EVENT_TABLE,
  keepHeaders: ['paddle-signature'],
  redact: ['data.checkout.url', 'data.management_urls', 'data.payments', 'data.billing_details'],
  setUp:
    'Paddle → Developer tools → Notifications → New destination (Webhook): paste the URL of this account and choose ' +
    'transaction.completed, adjustment.created, adjustment.updated, subscription.canceled. Copy the secret key.',

  verify(notification, { secretKey }) {
    const fault = signatureFault(notification, secretKey);
    if (fault) return reject(fault);
    const parsed = readEvent(notification.body);
    return parsed.ok ? accept(parsed.value, 'signed') : reject(parsed.fault);
  },

  reopen({ body }) {
    const parsed = readEvent(body);
    return parsed.ok ? parsed.value : null;
  },

  normalize(payload, { settings }) {
    const event = eventOf(payload, settings);
    const handle = handlerOf(event.type);
    return handle
      ? handle(event, settings)
      : notUnderstood(`unknown event type ${shown(event.type)}`);
  },
  jobs: [backfill],
});
