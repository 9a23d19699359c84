import {
  accept,
  defineSource,
  isRecord,
  parseJson,
  reject,
  text,
  type Notification,
  type Verdict,
} from '#contract';
import { appDrafts, isBatch, type Element } from './app.js';
import { backfill } from './backfill.js';
import { enrich } from './enrich.js';
import { EVENTS } from './facts.js';
import { HubSpotCredentials, HubSpotSettings } from './settings.js';
import { signatureFault } from './signature.js';
import { workflowDrafts } from './workflow.js';

/** A batch of an app webhook, or the one object of a workflow webhook. */
export type HubSpotPayload =
  { readonly batch: readonly Element[] } | { readonly record: Readonly<Record<string, unknown>> };

/** All accounts that installed an app share its secret: elements of others are not ours to count. */
const ofPortal =
  ({ portalId }: HubSpotCredentials) =>
  (element: Element): boolean =>
    portalId === undefined || text(element['portalId']) === portalId;

function verify(
  notification: Notification,
  credentials: HubSpotCredentials,
): Verdict<HubSpotPayload> {
  const fault = signatureFault(notification, credentials);
  if (fault) return reject(fault);
  const parsed = parseJson(notification.body);
  if (!parsed.ok) return reject(parsed.fault);
  const ours = ofPortal(credentials);
  if (isBatch(parsed.value)) {
    const batch = parsed.value.filter(ours);
    return batch.length > 0 ? accept({ batch }, 'signed') : reject('wrong-account');
  }
  if (!isRecord(parsed.value)) return reject('malformed');
  return ours(parsed.value) ? accept({ record: parsed.value }, 'signed') : reject('wrong-account');
}

/**
 * HubSpot app webhooks (batches of up to 100 changes, ids only) and the workflow action "Send a webhook" (one whole
 * object). Signature v3: HMAC-SHA256 in base64 over method, configured public URL, body and time, ±300 s.
 */
export default defineSource({
  name: 'hubspot',
  label: 'HubSpot',
  credentials: HubSpotCredentials,
  settings: HubSpotSettings,
  methods: ['POST'],
  events: EVENTS,
  keepHeaders: ['x-hubspot-request-timestamp'],
  redact: ['properties.email', 'properties.phone', 'properties.firstname', 'properties.lastname'],
  setUp:
    'App (Settings → Integrations → Private Apps, or the developer account) → Webhooks: Target URL = the public URL of this account, ' +
    'typed exactly as configured here. Subscriptions: contact.creation, deal.propertyChange (dealstage), contact.propertyChange ' +
    '(lifecyclestage), deal.deletion, deal.merge. Or a workflow: action Send a webhook, POST, request signature in header.',
  verify,
  normalize: (payload, { settings }) =>
    'batch' in payload
      ? appDrafts(payload.batch, settings)
      : workflowDrafts(payload.record, settings),
  enrich,
  jobs: [backfill],
});
