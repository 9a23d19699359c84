import { accept, defineSource, isRecord, parseJson, reject } from '#contract';
import { EVENTS, normalize } from './facts.js';
import { CalendlyCredentials, CalendlySettings } from './settings.js';
import { signatureFault } from './signature.js';

type CalendlyPayload = Readonly<Record<string, unknown>>;

/** Calendly webhooks: bookings, cancellations, no-shows, routing forms. HMAC-SHA256 over time and body, ±300 s. */
export default defineSource({
  name: 'calendly',
  label: 'Calendly',
  credentials: CalendlyCredentials,
  settings: CalendlySettings,
  methods: ['POST'],
  events: EVENTS,
  keepHeaders: ['calendly-webhook-signature'],
  redact: [
    'payload.email',
    'payload.name',
    'payload.first_name',
    'payload.last_name',
    'payload.text_reminder_number',
    'payload.questions_and_answers',
    'payload.cancel_url',
    'payload.reschedule_url',
  ],
  setUp:
    'By API only (paid plan): POST api.calendly.com/webhook_subscriptions with the URL of this account, events invitee.created, ' +
    'invitee.canceled, invitee_no_show.created, scope organization, and a signing_key of your own. Put utm_content=<click id> on the booking link.',

  verify(notification, credentials) {
    const fault = signatureFault(notification, credentials.signingKey);
    if (fault) return reject(fault);
    const parsed = parseJson(notification.body);
    if (!parsed.ok) return reject(parsed.fault);
    return isRecord(parsed.value) && isRecord(parsed.value['payload'])
      ? accept<CalendlyPayload>(parsed.value, 'signed')
      : reject('malformed');
  },

  reopen(stored): CalendlyPayload {
    const parsed = parseJson(stored.body);
    return parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  },

  normalize: (payload, { settings }) => normalize(payload, settings),
});
