import { defineSource, type Acknowledgement } from '#contract';
import { EVENTS } from './events.js';
import { normalize } from './normalize.js';
import { Digistore24Credentials, Digistore24Settings } from './settings.js';
import { verify, type IpnFields } from './verify.js';

/** The body must begin with `OK`, without BOM or blank line before it; anything else is sent again. */
const OK: Acknowledgement = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'OK',
};

/**
 * Fields with links that open the order without a log-in, keys of the buyer, and the signature: it is a hash over the
 * passphrase, so whoever sees it with the message could try passphrases at home.
 */
const CAPABILITIES = [
  'sha_sign',
  'SHASIGN',
  'receipt_url',
  'invoice_url',
  'renew_url',
  'request_refund_url',
  'rebilling_stop_url',
  'switch_pay_interval_url',
  'support_url',
  'order_details_url',
  'eticket_url',
  'customer_affiliate_url',
  'customer_to_affiliate_url',
  'become_affiliate_url',
  'purchase_key',
  'custom_key',
  'upgrade_key',
  'license_key',
];

/** Digistore24 Instant Payment Notification (generic IPN, `ipn_version` 1.x). */
export default defineSource<Digistore24Credentials, Digistore24Settings, IpnFields>({
  name: 'digistore24',
  label: 'Digistore24',
  credentials: Digistore24Credentials,
  settings: Digistore24Settings,
  methods: ['POST'],
  events: EVENTS,
  redact: CAPABILITIES,
  setUp:
    'Digistore24 → Settings → Integrations (IPN) → Add new connection → Generic. Paste the URL of this account, choose a SHA passphrase, and switch on at least payment, refund, chargeback and "rebilling cancelled" (the last is off by default).',

  /** The set-up fetches the URL first and wants 200; redirects are refused (vendor's own kit). */
  probe: ({ method }) => (method === 'GET' || method === 'HEAD' ? OK : undefined),
  verify,
  normalize,
  acknowledge: () => OK,
});
