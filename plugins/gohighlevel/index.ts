import { defineSource } from '#contract';
import { enrich } from './enrich.js';
import { EVENTS, normalize } from './facts.js';
import { GoHighLevelCredentials, GoHighLevelSettings } from './settings.js';
import { verify } from './verify.js';

/** GoHighLevel (LeadConnector): Ed25519-signed app webhooks, and unsigned workflow actions at a secret URL. */
export default defineSource({
  name: 'gohighlevel',
  label: 'GoHighLevel',
  credentials: GoHighLevelCredentials,
  settings: GoHighLevelSettings,
  methods: ['POST'],
  events: EVENTS,
  redact: [
    'email',
    'phone',
    'firstName',
    'lastName',
    'contactSnapshot',
    'contactDetails',
    'full_name',
  ],
  setUp:
    'Marketplace app: developer portal → app → Advanced settings → Webhooks: URL of this account; ContactCreate, OpportunityCreate, ' +
    'OpportunityStatusUpdate, OpportunityStageUpdate, OrderStatusUpdate, InvoicePaid. Or a workflow: Automation → action Webhook → ' +
    'URL with the secret last part, Custom Data location_id, status, opportunity_id, event_id, amount, currency, click_id.',
  verify,
  normalize: (payload, { settings }) => normalize(payload, settings),
  enrich,
});
