import { defineSource, notUnderstood } from '#contract';
import { backfill } from './backfill.js';
import { EVENT_TABLE, handlerOf } from './event-table.js';
import { messageOf } from './message.js';
import { ShopifyCredentials, ShopifySettings } from './settings.js';
import { reopen, verify, type ShopifyPayload } from './verify.js';

const shown = (topic: string): string => (/^[\w/]{1,100}$/.test(topic) ? topic : 'unreadable');

const KEPT = ['topic', 'shop-domain', 'event-id', 'webhook-id', 'triggered-at', 'api-version'];

/** Shopify webhooks over HTTPS: base64 HMAC-SHA256 of the raw body; amounts are decimal texts. */
export default defineSource<ShopifyCredentials, ShopifySettings, ShopifyPayload>({
  name: 'shopify',
  label: 'Shopify',
  credentials: ShopifyCredentials,
  settings: ShopifySettings,
  methods: ['POST'],
  bodyLimit: 1_048_576,
  events: EVENT_TABLE,
  keepHeaders: KEPT.flatMap((name) => [`x-shopify-${name}`, `shopify-${name}`]),
  redact: [
    'email',
    'contact_email',
    'phone',
    'token',
    'checkout_token',
    'cart_token',
    'order_status_url',
    'client_details',
    'browser_ip',
    'customer',
    'billing_address',
    'shipping_address',
    'payment_details',
  ],
  setUp:
    'Shopify admin → Settings → Notifications → Webhooks → Create webhook (format JSON), once each for Order payment, Order cancellation, ' +
    'Refund create, and where you have them Dispute create and update: paste the URL of this account. The secret stands below the list.',

  verify,
  reopen,

  normalize({ topic, object }, { settings }) {
    const handle = handlerOf(topic);
    return handle
      ? handle(messageOf(topic, object), settings)
      : notUnderstood(`unknown topic ${shown(topic)}`);
  },
  jobs: [backfill],
});
