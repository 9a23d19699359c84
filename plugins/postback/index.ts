import { defineTarget, EVENT_TYPES } from '#contract';
import { build } from './build.js';
import { classify } from './classify.js';
import { lint } from './lint.js';
import { PostbackSettings } from './settings.js';

/** Any URL with macros. README.md holds the macro table, recipes for trackers and the doubts. */
export default defineTarget<PostbackSettings>({
  name: 'postback',
  label: 'Postback URL',
  settings: PostbackSettings,
  accepts: EVENT_TYPES,
  needsHistory: [],
  onUncertain: 'resend',
  lint,
  build,
  classify: (response, _event, settings, sent) => classify(response, settings, sent),
});
