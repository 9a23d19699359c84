import { defineSource, type Json } from '#contract';
import { EVENTS } from './events.js';
import { normalize } from './normalize.js';
import { HotmartCredentials, HotmartSettings } from './settings.js';
import { reopen, verify } from './verify.js';

/** Hotmart webhooks, version 2: JSON that carries a fixed token in a header; nothing is hashed. */
export default defineSource<HotmartCredentials, HotmartSettings, Json>({
  name: 'hotmart',
  label: 'Hotmart',
  credentials: HotmartCredentials,
  settings: HotmartSettings,
  methods: ['POST'],
  events: EVENTS,
  redact: [
    'hottok',
    'data.buyer',
    'data.subscriber',
    'data.subscription.subscriber.email',
    'data.subscription.subscriber.name',
    'data.producer',
  ],
  setUp:
    'Hotmart → Tools → Webhook (API and notifications) → Register webhook: paste the URL of this account, version 2.0.0, all purchase events and ' +
    'subscription cancellation. The hottok stands under Authentication.',

  verify,
  reopen: ({ body }) => reopen(body),
  normalize,
});
