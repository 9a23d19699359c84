import { defineSource, type Acknowledgement } from '#contract';
import { EVENTS } from './events.js';
import { normalize } from './normalize.js';
import { GumroadCredentials, GumroadSettings } from './settings.js';
import { reopen, verify, type Fields } from './verify.js';

const OK: Acknowledgement = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'OK',
};

/** Gumroad Ping and resource subscriptions: form posts without a signature, behind a secret path. */
export default defineSource<GumroadCredentials, GumroadSettings, Fields>({
  name: 'gumroad',
  label: 'Gumroad',
  credentials: GumroadCredentials,
  settings: GumroadSettings,
  methods: ['POST'],
  events: EVENTS,
  redact: [
    'email',
    'user_email',
    'full_name',
    'license_key',
    'ip_country',
    'card[visual]',
    'card[type]',
    'shipping_information',
    'street_address',
    'affiliate',
  ],
  setUp:
    'Gumroad → Settings → Advanced → Ping endpoint: paste the URL of this account with its secret last part (sales only). For refunds, disputes and ' +
    'cancellations subscribe the same URL through the API: PUT /v2/resource_subscriptions with resource_name refund, dispute, dispute_won, cancellation, subscription_ended.',

  verify,
  reopen: ({ body }) => reopen(body),
  normalize,
  acknowledge: () => OK,
});
