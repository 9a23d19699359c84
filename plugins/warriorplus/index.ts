import { defineSource, type Acknowledgement } from '#contract';
import { EVENTS } from './events.js';
import { normalize } from './normalize.js';
import { WarriorPlusCredentials, WarriorPlusSettings } from './settings.js';
import { reopen, verify, type Fields } from './verify.js';

const OK: Acknowledgement = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'OK',
};

/** WarriorPlus IPN: form posts that carry a fixed key; nothing is hashed. */
export default defineSource<WarriorPlusCredentials, WarriorPlusSettings, Fields>({
  name: 'warriorplus',
  label: 'WarriorPlus',
  credentials: WarriorPlusCredentials,
  settings: WarriorPlusSettings,
  methods: ['POST'],
  events: EVENTS,
  redact: [
    'WP_SECURITYKEY',
    'WP_BUYER_NAME',
    'WP_BUYER_FIRSTNAME',
    'WP_BUYER_LASTNAME',
    'WP_BUYER_EMAIL',
    'WP_BUYER_IP',
  ],
  setUp:
    'WarriorPlus → Vendors → Account settings → IPN: choose a security key and paste the URL of this account as the notification URL ' +
    '(for one product: Products → edit → Advanced integration).',

  verify,
  reopen: ({ body }) => reopen(body),
  normalize,
  acknowledge: () => OK,
});
