import { defineSource, notUnderstood } from '#contract';
import { backfill } from './backfill.js';
import { EVENT_TABLE, handlerOf } from './event-table.js';
import { messageOf } from './message.js';
import { WooCommerceCredentials, WooCommerceSettings } from './settings.js';
import { probe, reopen, verify, type WooPayload } from './verify.js';

const shown = (topic: string): string => (/^[\w.-]{1,100}$/.test(topic) ? topic : 'unreadable');

/** WooCommerce webhooks: base64 HMAC-SHA256 of the raw body; amounts are decimal texts, `…_gmt` times UTC. */
export default defineSource<WooCommerceCredentials, WooCommerceSettings, WooPayload>({
  name: 'woocommerce',
  label: 'WooCommerce',
  credentials: WooCommerceCredentials,
  settings: WooCommerceSettings,
  methods: ['POST'],
  bodyLimit: 1_048_576,
  events: EVENT_TABLE,
  keepHeaders: [
    'x-wc-webhook-topic',
    'x-wc-webhook-source',
    'x-wc-webhook-id',
    'x-wc-webhook-delivery-id',
  ],
  redact: [
    'billing',
    'shipping',
    'order_key',
    'payment_url',
    'customer_ip_address',
    'customer_user_agent',
    'customer_note',
    'transaction_id',
  ],
  setUp:
    'WordPress admin → WooCommerce → Settings → Advanced → Webhooks → Add webhook: status Active, topic Order updated, the URL of this account, ' +
    'a secret of your own, API version 3. A second one with topic Order created is harmless.',

  probe,
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
