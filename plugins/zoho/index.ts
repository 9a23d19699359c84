import { defineSource } from '#contract';
import { enrich, renewal, token } from './api.js';
import { verify } from './channel.js';
import { EVENTS, normalize } from './facts.js';
import { ZohoCredentials, ZohoSettings } from './settings.js';

/** Zoho CRM notifications (actions/watch): ids and changed values, proved by an echoed token. */
export default defineSource({
  name: 'zoho',
  label: 'Zoho CRM',
  credentials: ZohoCredentials,
  settings: ZohoSettings,
  methods: ['POST'],
  events: EVENTS,
  redact: ['token'],
  setUp:
    'POST www.zohoapis.com/crm/v8/actions/watch: channel_id, events Deals.edit, Deals.create, Leads.create, Leads.edit, token, ' +
    'notify_url = the URL of this account, channel_expiry at most one week ahead, return_affected_field_values true, ' +
    'notify_on_related_action false, notification_condition on Deals.Stage and Leads.Lead_Status.',
  verify,
  normalize: (payload, { settings }) => normalize(payload, settings),
  enrich,
  jobs: [renewal],
  token,
});
