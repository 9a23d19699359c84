import { defineSource, type NativeEvent } from '#contract';
import { acknowledge, probe } from './acknowledge.js';
import { normalize } from './normalize.js';
import { TYPES, type Told } from './schema.js';
import { TrackCredentials, TrackSettings } from './settings.js';
import { verify } from './verify.js';

const EVENTS: readonly NativeEvent[] = TYPES.map((type) => ({ native: type, becomes: type }));

/** Our own endpoint for shops, apps and landing pages: `/track`. */
export default defineSource<TrackCredentials, TrackSettings, Told>({
  name: 'track',
  label: 'First-party events (/track)',
  credentials: TrackCredentials,
  settings: TrackSettings,
  methods: ['POST', 'GET'],
  events: EVENTS,
  redact: ['email', 'customer_id'],
  setUp:
    'From a server: POST to /track/<account> with Authorization: Bearer <key>. From a page: the landing snippet of docs/clicks.md, with the page’s origin in the list of origins.',
  probe,
  verify,
  normalize,
  acknowledge,
});
