import { defineSource, type Acknowledgement } from '#contract';
import { EVENTS } from './events.js';
import { normalize } from './normalize.js';
import { JvzooCredentials, JvzooSettings } from './settings.js';
import { reopen, verify, type JvzooPayload } from './verify.js';

const OK: Acknowledgement = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'OK',
};

/** JVZoo Instant Payment Notification (JVZIPN), versions 1 and 2: form posts with a short hash over the secret. */
export default defineSource<JvzooCredentials, JvzooSettings, JvzooPayload>({
  name: 'jvzoo',
  label: 'JVZoo',
  credentials: JvzooCredentials,
  settings: JvzooSettings,
  methods: ['POST'],
  events: EVENTS,
  // The hash is over the secret: whoever sees it with the message could try secrets at home.
  redact: [
    'cverify',
    'ccustname',
    'ccustemail',
    'cvendthru',
    'customer_first_name',
    'customer_last_name',
    'customer_email',
    'customer_phone',
    'affiliate_email',
    'vendor_email',
    'delivery_address_line_1',
    'delivery_address_line_2',
    'other_params',
  ],
  setUp:
    'JVZoo → Sellers → Products → your product → Advanced Settings → JVZIPN v1 / JVZIPN v2: paste the URL of this account into one of the two ' +
    'fields (v1 is hashed over all values, v2 over five). The secret key stands under My Account → Seller Settings.',

  verify,
  reopen: ({ body }) => reopen(body),
  normalize,
  acknowledge: () => OK,
});
