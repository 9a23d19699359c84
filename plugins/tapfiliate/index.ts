import { byStatus, defineTarget, EVENT_TYPES, refused } from '#contract';
import { lookupOf, wantedOf } from './lookup.js';
import { plan } from './plan.js';
import { readCreate } from './read-create.js';
import { readFind, readFindCustomer } from './read-find.js';
import { readFound } from './read-lookup.js';
import { readUpdate } from './read-update.js';
import { TapfiliateSettings } from './settings.js';
import { isSkipped } from './step.js';

/** Tapfiliate by its REST API 1.6. README.md tells what each event becomes and which facts are in doubt. */
export default defineTarget<TapfiliateSettings>({
  name: 'tapfiliate',
  label: 'Tapfiliate',
  settings: TapfiliateSettings,
  accepts: EVENT_TYPES,
  needsHistory: EVENT_TYPES.filter((type) => type !== 'CLICK'),
  onUncertain: 'lookup',
  lint(settings) {
    const faults: string[] = [];
    if (settings.customerTrack !== undefined && settings.attributionKey === 'customer_id') {
      faults.push('attributionKey customer_id cannot attribute the customer that a LEAD creates');
    }
    return faults;
  },
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
    const { now } = sent.history;
    switch (step.kind) {
      case 'click':
      case 'customer':
      case 'conversion':
      case 'commission':
        return readCreate(response, step, event, sent);
      case 'lookup':
        return readFound(response, event, step, now) ?? refused(`${step.subject} is not there`);
      case 'find':
        return readFind(response, step, now);
      case 'find-customer':
        return readFindCustomer(response, step, now);
      case 'approve':
      case 'disapprove':
      case 'amount':
      case 'recalculate':
      case 'customer-status':
        return readUpdate(response, step, now);
    }
  },
  lookup: {
    build: (event, settings, history) => lookupOf(event, settings, history)?.request ?? null,
    found(response, event, settings) {
      const step = wantedOf(event, settings);
      return step ? readFound(response, event, step, undefined) : null;
    },
  },
});
