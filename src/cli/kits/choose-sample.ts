import { isDraft, type EventDraft } from '../../contract/index.js';
import { nearest } from '../../platform/config/nearest.js';
import type { SourceCase } from '../../testing/index.js';
import { usageFault } from '../program/exit.js';
import type { Kit } from './load-kit.js';

/** What a sample means, by its golden file. */
export const draftsOf = ({ golden }: SourceCase): readonly EventDraft[] =>
  (golden.drafts ?? []).filter(isDraft);

/** A sample that the door takes as it is: nobody forged, altered or re-configured anything. */
function isPlain({ options, golden }: SourceCase): boolean {
  const { mutate, sealWith, credentials, settings, materials, url } = options;
  return (
    golden.rejected === undefined &&
    golden.notUnderstood === undefined &&
    [mutate, sealWith, credentials, settings, materials, url].every((one) => one === undefined)
  );
}

const wordOf = (type: string): string => type.toLowerCase().replaceAll('_', '-');

const ODD = /legacy|epoch|extended|unread|doubt|odd|without|retried|itself/;

/** Smaller is better: the very name, one event, with a click, with money, without findings, and with a plain name. */
function rank(one: SourceCase, word: string): readonly number[] {
  const [draft, ...more] = draftsOf(one);
  const { attribution, revenue, order, flags = [] } = draft ?? {};
  const bad = [
    one.name !== word,
    more.length > 0,
    flags.length > 0,
    !attribution?.clickId,
    !revenue,
    !order,
    revenue?.currency !== 'USD',
    one.options.seal !== undefined,
    !one.name.startsWith(word),
    ODD.test(one.name),
  ];
  return [...bad.map(Number), one.name.length];
}

function better(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((n, i) => n !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

const suits = (one: SourceCase, word: string): boolean => {
  const [draft] = draftsOf(one);
  if (!draft || !isPlain(one)) return false;
  return word === 'test' ? draft.test : !draft.test && wordOf(draft.type) === word;
};

/** The plain words that a network's samples cover: `sale`, `refund`, …, `test`. */
export function wordsOf({ cases }: Kit): readonly string[] {
  const plain = cases.filter(isPlain).flatMap((one) => draftsOf(one).slice(0, 1));
  return [...new Set(plain.map(({ type, test }) => (test ? 'test' : wordOf(type))))].sort();
}

/** The sample of an event word (`sale`) or of that very name (`sale-v8-affiliate`). Throws a usage fault. */
export function chooseSample(kit: Kit, event: string): SourceCase {
  const { cases, network } = kit;
  if (cases.length === 0)
    throw usageFault(
      `there are no samples of ${network}: it never calls, or they are not part of this installation`,
      'give the message yourself: --payload FILE',
    );
  const word = wordOf(event);
  const [best] = cases
    .filter((one) => suits(one, word))
    .sort((a, b) => better(rank(a, word), rank(b, word)));
  // A sample may bear the name of a word and mean nothing to count: the word comes first.
  const found = best ?? cases.find(({ name }) => name === event);
  if (found) return found;
  const words = wordsOf(kit);
  const meant = nearest(event, [...words, ...cases.map(({ name }) => name)]);
  throw usageFault(
    `${network} has no event "${event}"`,
    meant === undefined ? `there are ${words.join(', ')}` : `did you mean ${network}.${meant}?`,
  );
}
