import {
  accept,
  defineSource,
  hmac,
  notUnderstood,
  reject,
  safeEqual,
  strictHex,
  type Json,
} from '#contract';
import { EVENT_TABLE, handlerOf } from './event-table.js';
import { eventOf, readEvent } from './message.js';
import { LemonSqueezyCredentials, LemonSqueezySettings } from './settings.js';

const shown = (name: string): string => (/^\w{1,100}$/.test(name) ? name : 'unreadable');

/** Lemon Squeezy webhooks: hex HMAC-SHA256 of the raw body; amounts are integer minor units. */
export default defineSource<LemonSqueezyCredentials, LemonSqueezySettings, Json>({
  name: 'lemonsqueezy',
  label: 'Lemon Squeezy',
  credentials: LemonSqueezyCredentials,
  settings: LemonSqueezySettings,
  methods: ['POST'],
  events: EVENT_TABLE,
  keepHeaders: ['x-event-name', 'x-signature'],
  redact: [
    'data.attributes.urls',
    'data.attributes.user_name',
    'data.attributes.user_email',
    'data.attributes.card_last_four',
    'data.attributes.key',
  ],
  setUp:
    'Lemon Squeezy → Settings → Webhooks → +: paste the URL of this account, choose a signing secret, and switch on order_created, ' +
    'order_refunded, subscription_created, subscription_payment_success, subscription_payment_refunded, subscription_cancelled, ' +
    'subscription_expired.',

  /** Nothing in the message is a time of signing, so there is no age limit. White space around the JSON is signed too. */
  verify({ headers, body }, { signingSecret }) {
    const told = headers['x-signature'];
    if (told === undefined || told === '') return reject('missing-signature');
    const given = strictHex(told, 32);
    if (!given || signingSecret.length === 0) return reject('bad-signature');
    if (!safeEqual(given, hmac('sha256', signingSecret, body))) return reject('bad-signature');
    const parsed = readEvent(body);
    return parsed.ok ? accept(parsed.value, 'signed') : reject(parsed.fault);
  },

  reopen({ body }) {
    const parsed = readEvent(body);
    return parsed.ok ? parsed.value : null;
  },

  normalize(payload, { settings }) {
    const event = eventOf(payload);
    const handle = handlerOf(event.name);
    return handle ? handle(event, settings) : notUnderstood(`unknown event ${shown(event.name)}`);
  },
});
