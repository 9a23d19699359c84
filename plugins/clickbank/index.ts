import {
  accept,
  defineSource,
  duplicateName,
  formRecord,
  isRecord,
  parseForm,
  parseJson,
  reject,
  text,
  textAt,
  type Form,
  type Verdict,
} from '#contract';
import { backfill } from './backfill.js';
import { isForAccount } from './account.js';
import { checkCverify } from './cverify.js';
import { openEnvelope, type Envelope } from './envelope.js';
import { EVENT_TABLE } from './event-table.js';
import type { ClickBankPayload } from './message.js';
import { normalize } from './normalize.js';
import { ClickBankCredentials, ClickBankSettings } from './settings.js';

/** By content, not by content type: ClickBank's header has not always told the truth. */
function jsonEnvelope(body: Buffer): Envelope | undefined {
  const parsed = parseJson(body);
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const notification = text(parsed.value['notification']);
  const iv = text(parsed.value['iv']);
  return notification === undefined || iv === undefined ? undefined : { notification, iv };
}

/** A few receivers report the envelope as a form; an unescaped plus sign of base64 arrives as a blank there. */
function formEnvelope(form: Form): Envelope | undefined {
  const { notification, iv } = formRecord(form);
  if (notification === undefined || iv === undefined) return undefined;
  return { notification: notification.replaceAll(' ', '+'), iv: iv.replaceAll(' ', '+') };
}

function verifyIns(
  envelope: Envelope,
  { vendor, secretKey }: ClickBankCredentials,
): Verdict<ClickBankPayload> {
  const message = openEnvelope(envelope, secretKey);
  if (!message) return reject('undecipherable');
  const parties = {
    vendor: textAt(message, 'vendor'),
    affiliate: textAt(message, 'affiliate'),
    role: textAt(message, 'role'),
  };
  return isForAccount(parties, vendor)
    ? accept({ format: 'ins', message }, 'encrypted')
    : reject('wrong-account');
}

function verifyLegacy(
  form: Form,
  { vendor, secretKey }: ClickBankCredentials,
): Verdict<ClickBankPayload> {
  const checked = checkCverify(form, secretKey);
  if (!checked.ok) return reject(checked.reason);
  const { fields } = checked;
  if (text(fields['ctransaction']) === undefined) return reject('malformed');
  const parties = {
    vendor: text(fields['ctransvendor']) ?? text(fields['ctranspublisher']),
    affiliate: text(fields['ctransaffiliate']),
    role: text(fields['ctransrole']),
  };
  // 32 bits of a hash over values only: no more than a secret that does not travel.
  return isForAccount(parties, vendor)
    ? accept({ format: 'legacy', fields }, 'shared-secret')
    : reject('wrong-account');
}

/**
 * ClickBank Instant Notification Service. v6–v8: AES-256-CBC without a MAC, amounts in decimal dollars, times ISO
 * 8601 with an offset. v1–v5: form fields with `cverify`, amounts in whole cents, times epoch seconds.
 * No version has a timestamp to check before it is opened, and retries arrive up to a day later: nothing is stale.
 */
export default defineSource({
  name: 'clickbank',
  label: 'ClickBank',
  credentials: ClickBankCredentials,
  settings: ClickBankSettings,
  methods: ['POST'],
  contentTypes: ['application/json', 'application/x-www-form-urlencoded', 'text/plain'],
  events: EVENT_TABLE,
  redact: [
    'message.customer',
    'message.vendorVariables',
    'message.lineItems',
    'fields.ccustname',
    'fields.ccustemail',
    'fields.ccustfullname',
    'fields.ccustfirstname',
    'fields.ccustlastname',
    'fields.ccustaddr1',
    'fields.ccustaddr2',
    'fields.cvendthru',
    'ccustname',
    'ccustemail',
    'ccustfullname',
    'ccustfirstname',
    'ccustlastname',
    'ccustaddr1',
    'ccustaddr2',
    'cvendthru',
    'cverify',
  ],
  setUp:
    'Vendor Settings → My Site → Advanced Tools: enter the secret key, then this URL as Instant Notification URL ' +
    'with version 8.0 (6.0 and later work), and press Test.',

  verify(notification, credentials) {
    const { body } = notification;
    if (body.length === 0) return reject('empty');
    const envelope = jsonEnvelope(body);
    if (envelope) return verifyIns(envelope, credentials);
    const parsed = parseForm(body);
    if (!parsed.ok) return reject('undecipherable');
    if (duplicateName(parsed.value) !== undefined) return reject('duplicate-keys');
    const posted = formEnvelope(parsed.value);
    if (posted) return verifyIns(posted, credentials);
    const names = new Set(parsed.value.map(([name]) => name));
    return names.has('cverify') || names.has('ctransaction')
      ? verifyLegacy(parsed.value, credentials)
      : reject('undecipherable');
  },

  normalize: (payload, { settings }) => normalize(payload, settings),
  jobs: [backfill],
});
