import { byStatus, defineTarget, EVENT_TYPES, REVERSAL_TYPES } from '#contract';
import { plan } from './plan.js';
import { readBack, readEdit, readFind } from './read-api.js';
import { readPostback } from './read-postback.js';
import { TuneSettings } from './settings.js';
import { isSkipped } from './step.js';

const STATUSES: ReadonlySet<string> = new Set(['approved', 'pending', 'rejected']);

/** Sentences about settings that the fields alone cannot judge. */
function lint(settings: TuneSettings): readonly string[] {
  const faults: string[] = [];
  const { goalIds = {}, statuses = {}, networkId, networkToken, readBack: wantsBack } = settings;
  if ((networkId === undefined) !== (networkToken === undefined)) {
    faults.push('networkId and networkToken belong together');
  }
  if (wantsBack && networkToken === undefined) faults.push('readBack needs the network token');
  for (const [type, goal] of Object.entries(goalIds)) {
    if (!/^(?:\d{1,15}|default)$/.test(goal)) {
      faults.push(`goalIds.${type} must be a goal id or the word default`);
    }
  }
  for (const [type, status] of Object.entries(statuses)) {
    if (!STATUSES.has(status)) {
      faults.push(`statuses.${type} must be approved, pending or rejected`);
    }
  }
  return faults;
}

/** TUNE (HasOffers): conversions by server postback, changes by the network API. README.md lists doubts and limits. */
export default defineTarget<TuneSettings>({
  name: 'tune',
  label: 'TUNE (HasOffers)',
  settings: TuneSettings,
  accepts: EVENT_TYPES.filter((type) => type !== 'CLICK'),
  needsHistory: [...REVERSAL_TYPES, 'APPROVED_LEAD'],
  onUncertain: 'resend',
  lint,
  build(event, settings, history) {
    const steps = plan(event, settings, history);
    if (isSkipped(steps)) return steps;
    const requests = steps.map((step) => step.request);
    // A plain request ends with its answer; a list is asked for again.
    const [alone] = requests.length === 1 && steps[0]?.leadsOn !== true ? requests : [];
    return alone ?? requests;
  },
  classify(response, event, settings, sent) {
    const steps = plan(event, settings, sent.history);
    const step = isSkipped(steps) ? undefined : (steps[sent.step] ?? steps.at(-1));
    if (!step) return byStatus(response);
    switch (step.kind) {
      case 'postback':
        return readPostback(response, event, settings, step, sent);
      case 'read-back':
        return readBack(response, settings, step, sent);
      case 'find':
        return readFind(response, settings, step, sent);
      case 'edit':
        return readEdit(response, settings, step, sent);
    }
  },
});
