import { canonicalJson, notUnderstood, type EventDraft, type Normalized } from '#contract';
import { faultsOf } from '../check.js';
import { valueAt } from '../path.js';
import { draftOf, type Defaults } from './draft.js';
import { startReading } from './reading.js';
import { mapping, type Rule } from './rule.js';

/** The most records of one notification; HubSpot and Salesforce send up to 100. */
export const MAX_RECORDS = 100;

const MAX_PROBLEMS = 5;

interface Rules {
  readonly rules: readonly Rule[];
  readonly faults: readonly string[];
}

/** Rules of mappings that passed the check, by the mapping itself: settings outlive thousands of notifications. */
const checked = new WeakMap<object, Rules>();

function rulesOf(value: unknown): Rules {
  const faults: string[] = [];
  const rules = mapping(value, '', faults) ? [value].flat() : [];
  return { rules, faults };
}

function knownRules(value: unknown): Rules {
  if (typeof value !== 'object' || value === null) return rulesOf(value);
  const known = checked.get(value) ?? rulesOf(value);
  checked.set(value, known);
  return known;
}

/** Every fault of a mapping as a sentence, for the check at save time. */
export const mappingFaults = (value: unknown): readonly string[] => faultsOf(mapping, value);

/** The records of a document: the array (or single record) at `recordsAt`, a root array, or the document itself. */
function recordsOf(document: unknown, rule: Rule): readonly unknown[] | undefined {
  const at = valueAt({ root: document, record: document }, rule.recordsAt ?? '$');
  if (at === undefined || at === null) return undefined;
  return Array.isArray(at) ? at : [at];
}

interface Found {
  readonly drafts: readonly EventDraft[];
  readonly problems: readonly string[];
}

function applyRule(document: unknown, rule: Rule, defaults: Defaults): Found {
  const records = recordsOf(document, rule);
  if (!records)
    return { drafts: [], problems: [`recordsAt: "${rule.recordsAt ?? '$'}" found nothing`] };
  if (records.length > MAX_RECORDS) {
    return {
      drafts: [],
      problems: [`recordsAt: more than ${MAX_RECORDS} records in one notification`],
    };
  }
  const drafts: EventDraft[] = [];
  const problems: string[] = [];
  for (const [index, record] of records.entries()) {
    const reading = startReading({ root: document, record });
    const draft = draftOf(reading, rule, defaults);
    const where = records.length > 1 ? `record ${index}: ` : '';
    problems.push(...reading.problems.map((one) => where + one));
    if (draft) drafts.push(draft);
  }
  return { drafts, problems };
}

/** The same fact listed twice in one notification is one fact. */
function withoutRepeats(drafts: readonly EventDraft[]): readonly EventDraft[] {
  const seen = new Set<string>();
  return drafts.filter((draft) => {
    const text = canonicalJson(draft);
    return !seen.has(text) && seen.add(text);
  });
}

/**
 * The events of a document by its mapping. One record that does not fit parks the whole notification with the
 * record's index: keys are the same at replay, so nothing is counted twice once the mapping is mended.
 */
export function normalizeDocument(
  document: unknown,
  value: unknown,
  defaults: Defaults,
): Normalized {
  const { rules, faults } = knownRules(value);
  if (faults.length > 0) {
    return notUnderstood(`mapping is not valid: ${faults.slice(0, MAX_PROBLEMS).join('; ')}`);
  }
  const found = rules.map((rule) => applyRule(document, rule, defaults));
  const problems = found.flatMap((one, i) =>
    one.problems.map((problem) => (rules.length > 1 ? `mapping[${i}], ${problem}` : problem)),
  );
  if (problems.length > 0) {
    const more =
      problems.length > MAX_PROBLEMS ? `; and ${problems.length - MAX_PROBLEMS} more` : '';
    return notUnderstood(problems.slice(0, MAX_PROBLEMS).join('; ') + more);
  }
  const drafts = withoutRepeats(found.flatMap((one) => one.drafts));
  return new Set(drafts.map((draft) => draft.key)).size === drafts.length
    ? drafts
    : notUnderstood('dedupe: two records of this notification differ but give the same key');
}
