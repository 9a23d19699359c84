import {
  accept,
  defineSource,
  parseForm,
  pathTokenFault,
  reject,
  type Form,
  type Parsed,
} from '#contract';
import { backfill } from './backfill.js';
import { enrich } from './enrich.js';
import { EVENTS, normalize, type Fields } from './facts.js';
import { ActiveCampaignCredentials, ActiveCampaignSettings } from './settings.js';

/** Of repeated names the first counts. */
const fieldsOf = (parsed: Parsed<Form>): Fields =>
  parsed.ok ? Object.fromEntries([...parsed.value].reverse()) : {};

/** ActiveCampaign webhooks: flat form fields, unsigned, never repeated by the sender. */
export default defineSource({
  name: 'activecampaign',
  label: 'ActiveCampaign',
  credentials: ActiveCampaignCredentials,
  settings: ActiveCampaignSettings,
  methods: ['POST'],
  events: EVENTS,
  redact: [
    'contact[email]',
    'contact[phone]',
    'contact[first_name]',
    'contact[last_name]',
    'contact[ip]',
    'deal[contact_email]',
  ],
  setUp:
    'Settings → Developer → Manage Webhooks → Add: the URL of this account with its secret last part; types deal_add, deal_update, ' +
    'subscribe; initialized from public, admin, api and system.',

  verify(notification, credentials) {
    const fault = pathTokenFault(notification, credentials.pathToken);
    if (fault) return reject(fault);
    const parsed = parseForm(notification.body);
    return parsed.ok ? accept(fieldsOf(parsed), 'shared-secret') : reject(parsed.fault);
  },

  reopen: (stored) => fieldsOf(parseForm(stored.body)),
  normalize: (fields, { settings }) => normalize(fields, settings),
  enrich,
  jobs: [backfill],
});
