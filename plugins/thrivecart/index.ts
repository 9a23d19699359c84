import { defineSource } from '#contract';
import { EVENTS } from './events.js';
import type { Fields } from './message.js';
import { normalize } from './normalize.js';
import { ThriveCartCredentials, ThriveCartSettings } from './settings.js';
import { OK, probe, reopen, verify } from './verify.js';

/** ThriveCart webhooks: form, multipart or JSON posts that carry a fixed word; nothing is hashed. */
export default defineSource<ThriveCartCredentials, ThriveCartSettings, Fields>({
  name: 'thrivecart',
  label: 'ThriveCart',
  credentials: ThriveCartCredentials,
  settings: ThriveCartSettings,
  methods: ['POST'],
  contentTypes: ['multipart/form-data'],
  events: EVENTS,
  redact: [
    'thrivecart_secret',
    'customer[email]',
    'customer[name]',
    'customer[firstname]',
    'customer[lastname]',
    'customer[first_name]',
    'customer[last_name]',
    'customer[ip_address]',
    'customer[contactno]',
    'fulfillment[url]',
    'customer',
    'fulfillment',
  ],
  setUp:
    'ThriveCart → Settings → API & Webhooks → Webhooks & notifications → Add another webhook: paste the URL of this account (at most five ' +
    'URLs). The secret word stands under ThriveCart order validation on the same page.',

  probe,
  verify,
  reopen: ({ body }) => reopen(body),
  normalize,
  acknowledge: () => OK,
});
