import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import {
  EVENT_TYPES,
  isDraft,
  type EventDraft,
  type NativeEvent,
  type SourcePlugin,
} from '../../src/contract/index.js';
import { loadSourceCases } from '../../src/testing/index.js';
import { matchesNative } from '../../src/testing/source-checks.js';
import { blocksOf, isSource, plugins, ROOT, textOf } from '../docs/pages.js';

/**
 * What a new user needs to add a source from its README alone: a configuration that loads, the address and where it is
 * entered, how to try it, what each word becomes, what the network does not tell, and what is not certain.
 */

const pageOf = (name: string): string => join('plugins', name, 'README.md');

/** Addresses of their own beside `/in/<source>/`. */
const ADDRESSES: Readonly<Record<string, string>> = { track: '/track', 'postback-in': '/postback' };

/** What networks tell in general; a page says which of them its network does not tell. */
const USUAL: readonly (readonly [becomes: string, word: RegExp])[] = [
  ['SALE', /\bsales?\b/i],
  ['REBILL', /\b(?:rebills?|renewals?)\b/i],
  ['REFUND', /\brefunds?\b/i],
  ['CHARGEBACK', /\bchargebacks?\b/i],
  ['CANCELED', /\bcancellations?\b/i],
  ['test', /\btests?\b/i],
];

/** A case as text, to find the network's word in, and what it means. */
interface Played {
  readonly text: string;
  readonly drafts: readonly EventDraft[];
}

const casesOf = (name: string): readonly Played[] =>
  loadSourceCases(join(ROOT, 'plugins', name, 'fixtures')).map(({ payload, options, golden }) => ({
    text: JSON.stringify([payload, options]).toLowerCase(),
    drafts: (golden.drafts ?? []).filter((one): one is EventDraft => isDraft(one as EventDraft)),
  }));

/** The word itself: of `Deals:Closed Won` the value, of `tag*` what stands before the star. */
const wordOf = (native: string): string =>
  (native.split(':').at(-1) ?? native).replace(/\*$/, '').toLowerCase();

/** Two words may tell one fact, and its event bears one of them: then the word stands in the case. */
const plays = ({ native, becomes }: NativeEvent, { text, drafts }: Played): boolean =>
  drafts.some(
    ({ type, nativeType }) =>
      type === becomes && (matchesNative(native, nativeType) || text.includes(wordOf(native))),
  );

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

/** Their words are lists of our own, each played by the one rule that reads it; a case for every synonym would prove nothing. */
const OWN_WORDS: ReadonlySet<string> = new Set(['crm', 'postback-in', 'track']);

/** Rows of the event table that promise an event and that no fixture plays. */
const unplayed = ({ name, events }: SourcePlugin, cases: readonly Played[]): readonly string[] =>
  (OWN_WORDS.has(name) ? [] : events)
    .filter(({ becomes }) => TYPES.has(becomes))
    .filter((row) => !cases.some((one) => plays(row, one)))
    .map(({ native, becomes }) => `${native} → ${becomes}`);

/** Of the usual facts, those that no row and no test event of the fixtures tell. */
const untold = ({ events }: SourcePlugin, cases: readonly Played[]): readonly RegExp[] =>
  USUAL.filter(([becomes]) => !events.some((row) => row.becomes === becomes))
    .filter(
      ([becomes]) =>
        becomes !== 'test' || !cases.some(({ drafts }) => drafts.some(({ test }) => test)),
    )
    .map(([, word]) => word);

const sources = (await plugins()).filter(isSource);

describe.each(sources.map((plugin) => [plugin.name, plugin] as const))(
  'the page of %s',
  (name, plugin) => {
    const page = pageOf(name);
    const text = textOf(page);
    const cases = casesOf(name);

    it('shows a configuration that can be loaded', () => {
      const shown = blocksOf(page).filter(
        ({ language, text: yaml }) =>
          language === 'yaml' && yaml.includes(`source: ${name}`) && !yaml.includes('…'),
      );
      expect(shown.length).toBeGreaterThan(0);
    });

    it('names the address, the place at the network, and how to try it', () => {
      const address = ADDRESSES[name] ?? `/in/${name}/`;
      expect(text).toContain(address);
      expect(plugin.setUp?.length ?? 0).toBeGreaterThan(40);
      expect(text).toMatch(/^## (?:Set up|Connect|Set it up)$/m);
      expect(text).toContain('**Test it.**');
    });

    it('says what is not certain', () => {
      expect(text).toMatch(/^## (?:Open doubts|How sure is this|Doubts)$/m);
    });

    it('promises no event that no fixture plays', () => {
      expect(unplayed(plugin, cases)).toEqual([]);
    });

    it('says which of the usual facts the network does not tell', () => {
      const said = /^\*\*Not told:?\*\*[^\n]*(?:\n[^\n]+)*/m.exec(text)?.[0] ?? '';
      expect(untold(plugin, cases).filter((word) => !word.test(said))).toEqual([]);
    });

    it('says what becomes of missed notifications', () => {
      expect(text).toMatch(/^## Missed notifications$/m);
      for (const job of plugin.jobs ?? []) expect(text).toContain(`\`${job.name}\``);
    });
  },
);

describe('the README of the repository', () => {
  it('names every source with its page', () => {
    const text = textOf('README.md');
    expect(sources.filter(({ name }) => !text.includes(`(${pageOf(name)})`))).toEqual([]);
  });
});
