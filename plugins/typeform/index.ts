import {
  accept,
  defineSource,
  hmac,
  isRecord,
  parseJson,
  reject,
  safeEqual,
  strictBase64,
  type Notification,
  type RejectionReason,
} from '#contract';
import { EVENTS, normalize } from './facts.js';
import { TypeformCredentials, TypeformSettings } from './settings.js';

type TypeformPayload = Readonly<Record<string, unknown>>;

/** `sha256=<base64>`, and not hex, as the prefix may suggest: HMAC-SHA256 over the raw body. No time is signed. */
function signatureFault(of: Notification, secret: string): RejectionReason | undefined {
  const header = of.headers['typeform-signature'] ?? '';
  if (header === '') return 'missing-signature';
  const given = strictBase64(/^sha256=(\S+)$/.exec(header)?.[1], 32);
  return given && safeEqual(given, hmac('sha256', secret, of.body)) ? undefined : 'bad-signature';
}

/** Typeform webhooks: one response each. Hidden fields carry the click. */
export default defineSource({
  name: 'typeform',
  label: 'Typeform',
  credentials: TypeformCredentials,
  settings: TypeformSettings,
  methods: ['POST'],
  bodyLimit: 524_288,
  events: EVENTS,
  keepHeaders: ['typeform-signature'],
  redact: ['form_response.answers', 'form_response.hidden.email'],
  setUp:
    'Form → Connect → Webhooks → Add a webhook: URL of this account; then Edit: secret, and switch it on (new ones start off). ' +
    'Declare the hidden field click_id and pass it in the form’s URL (#click_id=…).',

  verify(notification, credentials) {
    const fault = signatureFault(notification, credentials.secret);
    if (fault) return reject(fault);
    const parsed = parseJson(notification.body);
    if (!parsed.ok) return reject(parsed.fault);
    return isRecord(parsed.value) && isRecord(parsed.value['form_response'])
      ? accept<TypeformPayload>(parsed.value, 'signed')
      : reject('malformed');
  },

  reopen(stored): TypeformPayload {
    const parsed = parseJson(stored.body);
    return parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  },

  normalize: (payload, { settings }) => normalize(payload, settings),
});
