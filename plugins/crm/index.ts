import {
  accept,
  defineSource,
  reject,
  type Notification,
  type StoredNotification,
  type Verdict,
} from '#contract';
import { acknowledge, probe } from './acknowledge.js';
import { CrmCredentials } from './credentials.js';
import { documentOf, QUERY_SECRETS, type CrmPayload } from './document.js';
import { EVENTS } from './events.js';
import { normalizeDocument } from './mapping/normalize.js';
import { CrmSettings } from './settings.js';
import { isOurs, proofFault, readyVerifier, trustOf } from './verifier/verify.js';

function verify(notification: Notification, credentials: CrmCredentials): Verdict<CrmPayload> {
  const lock = readyVerifier(credentials.verifier);
  if (!lock) return reject('bad-signature');
  const fault = proofFault(notification, lock);
  if (fault) return reject(fault);
  const parsed = documentOf(notification);
  if (!parsed.ok) return reject(parsed.fault);
  if (!isOurs(parsed.value, lock)) return reject('wrong-account');
  return accept({ document: parsed.value }, trustOf(lock));
}

function reopen(stored: StoredNotification): CrmPayload {
  const parsed = documentOf(stored);
  return { document: parsed.ok ? parsed.value : null };
}

/** Any CRM or checkout that can call a URL: the sender's proof and the meaning of its fields are configuration. */
export default defineSource({
  name: 'crm',
  label: 'CRM or checkout (generic)',
  credentials: CrmCredentials,
  settings: CrmSettings,
  methods: ['POST', 'PUT', 'GET'],
  contentTypes: [
    'application/json',
    'application/cloudevents+json',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/soap+xml',
    'text/xml',
    'text/plain',
  ],
  bodyLimit: 524_288,
  events: EVENTS,
  keepHeaders: ['content-type', 'webhook-id'],
  redact: [
    ...QUERY_SECRETS,
    'code',
    'key',
    'token',
    'SessionId',
    'Envelope.Body.notifications.SessionId',
  ],
  setUp:
    'In the CRM or checkout: add a webhook to the URL of this account, choose the events to send, and set the password, key or signing secret that the verifier names.',
  probe,
  verify,
  reopen,
  normalize: (payload, { settings }) =>
    normalizeDocument(payload.document, settings.mapping, {
      currency: settings.defaultCurrency,
      zone: settings.timeZone,
      test: settings.testMode === true,
    }),
  acknowledge,
});
