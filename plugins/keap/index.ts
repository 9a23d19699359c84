import { defineSource } from '#contract';
import { enrich } from './enrich.js';
import { EVENTS, normalize } from './facts.js';
import { acknowledge, verify } from './hook.js';
import { KeapCredentials, KeapSettings } from './settings.js';

/** Keap (Infusionsoft) REST hooks: unsigned, up to 1,000 ids in one, subscribed by a handshake. */
export default defineSource({
  name: 'keap',
  label: 'Keap',
  credentials: KeapCredentials,
  settings: KeapSettings,
  methods: ['POST'],
  events: EVENTS,
  setUp:
    'POST api.infusionsoft.com/crm/rest/v1/hooks {"eventKey": "contact.add", "hookUrl": the URL of this account with its ' +
    'secret last part}, once per event key; then POST …/hooks/<key>/verify. Keap asks with X-Hook-Secret, the gateway echoes it.',
  verify,
  normalize: (payload, { settings }) => normalize(payload, settings),
  acknowledge,
  enrich,
});
