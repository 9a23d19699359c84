import { defineSource, reject } from '#contract';
import { poll } from './poll.js';
import { EVENTS, normalize, type CjRecord } from './record.js';
import { CjCredentials, CjSettings } from './settings.js';

/** CJ Affiliate for publishers. CJ sends nothing: its commissions are asked for, four times an hour. */
export default defineSource<CjCredentials, CjSettings, CjRecord>({
  name: 'cj',
  label: 'CJ Affiliate',
  credentials: CjCredentials,
  settings: CjSettings,
  methods: [],
  events: EVENTS,
  setUp:
    'Nothing is entered at CJ, which sends no notifications. developers.cj.com → Authentication → Personal access tokens: register one; ' +
    'the company id (CID) stands at the top right of the account manager. Pass your click id as sid in CJ’s links.',
  // The door lets nothing in here: no method carries a notification.
  verify: () => reject('wrong-account'),
  normalize: (record, { settings }) => normalize(record, settings),
  jobs: [poll],
});
