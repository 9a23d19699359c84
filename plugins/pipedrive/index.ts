import {
  compact,
  defineSource,
  factDraft,
  isRecord,
  notUnderstood,
  parseJson,
  stageType,
  type Normalized,
} from '#contract';
import { backfill } from './backfill.js';
import { attributionOf, dealDrafts, DEFAULTS, EVENTS } from './deal.js';
import { enrich } from './enrich.js';
import { emailOf } from './person.js';
import { messageOf, type Message } from './message.js';
import { PipedriveCredentials, PipedriveSettings } from './settings.js';
import { verify, type PipedrivePayload } from './verify.js';

/** Other entities have no stages: only `create.lead`, `create.person` and what the user maps. */
function otherDrafts(message: Message, settings: PipedriveSettings): Normalized {
  const native = `${message.action}.${message.entity}`;
  const type = stageType([native], settings.stages, DEFAULTS);
  if (type === undefined) return [];
  const email = emailOf(message.now);
  return [
    factDraft({
      object: message.entity,
      id: message.id,
      type,
      nativeType: native.slice(0, 200),
      test: false,
      occurredAt: message.at,
      ...compact({
        change: message.change,
        attribution: attributionOf(message.now, settings),
        customer: message.entity === 'person' ? compact({ id: message.id, email }) : undefined,
      }),
    }),
  ];
}

function normalize(payload: PipedrivePayload, settings: PipedriveSettings): Normalized {
  const message = messageOf(payload);
  if (!message) return notUnderstood('no entity, action, id or data');
  return message.entity === 'deal' ? dealDrafts(message, settings) : otherDrafts(message, settings);
}

/** Pipedrive webhooks v2 (v1 is read too). HTTP Basic is the only proof; money is major units. */
export default defineSource({
  name: 'pipedrive',
  label: 'Pipedrive',
  credentials: PipedriveCredentials,
  settings: PipedriveSettings,
  methods: ['POST'],
  events: EVENTS,
  redact: [
    'data.emails',
    'data.phones',
    'data.person_name',
    'current.email',
    'current.phone',
    'current.person_name',
    'previous.emails',
    'previous.phones',
  ],
  setUp:
    'Settings → Tools and apps → Webhooks → Create new webhook: event action *, event object deal (and person or lead), ' +
    'endpoint URL of this account, HTTP auth username and password as configured here, version 2. Create it as a top-level admin.',
  verify,
  reopen(stored) {
    const parsed = parseJson(stored.body);
    return parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  },
  normalize: (payload, { settings }) => normalize(payload, settings),
  enrich,
  jobs: [backfill],
});
