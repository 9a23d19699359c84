import { accept, defineSource, isRecord, parseJson, reject } from '#contract';
import { backfill } from './backfill.js';
import { enrich } from './enrich.js';
import { EVENTS, normalize } from './facts.js';
import { CloseCredentials, CloseSettings } from './settings.js';
import { signatureFault } from './signature.js';

type ClosePayload = Readonly<Record<string, unknown>>;

/** Close webhooks: one event of its event log each, signed with HMAC-SHA256, ±300 s. Values are hundredths. */
export default defineSource({
  name: 'close',
  label: 'Close',
  credentials: CloseCredentials,
  settings: CloseSettings,
  methods: ['POST'],
  events: EVENTS,
  keepHeaders: ['close-sig-timestamp'],
  redact: ['event.data.contacts', 'event.data.contact_name', 'event.previous_data.contacts'],
  setUp:
    'POST api.close.com/api/v1/webhook/ with the URL of this account and events {object_type: lead, action: created}, ' +
    '{object_type: opportunity, action: created | updated | deleted}; keep signature_key from the answer.',

  verify(notification, credentials) {
    const fault = signatureFault(notification, credentials.signatureKey);
    if (fault) return reject(fault);
    const parsed = parseJson(notification.body);
    if (!parsed.ok) return reject(parsed.fault);
    return isRecord(parsed.value) && isRecord(parsed.value['event'])
      ? accept<ClosePayload>(parsed.value, 'signed')
      : reject('malformed');
  },

  reopen(stored): ClosePayload {
    const parsed = parseJson(stored.body);
    return parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  },

  normalize: (payload, { settings }) => normalize(payload, settings),
  enrich,
  jobs: [backfill],
});
