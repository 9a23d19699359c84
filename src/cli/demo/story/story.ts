import { isDraft } from '../../../contract/index.js';
import type { Beat, Scene } from '../beat.js';
import type { Kits, SourceKit } from '../sources.js';
import { moneyBack } from './money-back.js';
import { sales } from './sales.js';
import { strangers } from './strangers.js';
import { trouble } from './trouble.js';
import { everyOther } from './every-other.js';
import { visitors } from './visitors.js';

/** Notifications that come a second time, as every network sends them when it was in doubt. */
const repeats: Scene = {
  title: 'The same notifications again',
  beats: [
    ['stripe', 'checkout-sale', 'Stripe sends the sale again'],
    ['clickbank', 'sale-retried', 'ClickBank tries a second time'],
    ['digistore24', 'sale', 'Digistore24 repeats itself'],
    ['buygoods', 'sale', 'BuyGoods repeats itself'],
    ['crm', 'shop-sale', 'the CRM saves the deal again'],
  ].map(([source, fixture, title]) => ({
    name: `${source}-again`,
    source: source as Beat['source'],
    fixture: fixture ?? '',
    title: title ?? '',
    again: true,
  })),
};

/** The first sample of a source that is a fact by itself and that its seal makes without more ado. */
function plainFact({ cases }: SourceKit): string | undefined {
  const facts = new Set(['SALE', 'LEAD']);
  const found = [...cases.values()].find(
    ({ options, golden: { drafts = [] } }) =>
      Object.keys(options).length === 0 &&
      drafts.length === 1 &&
      drafts.filter(isDraft).some(({ type, test }) => !test && facts.has(type)),
  );
  return found?.name;
}

/** Sources that came after this story was written send a sample of theirs. */
function newcomers(kits: Kits, scenes: readonly Scene[]): Scene {
  const told = new Set(scenes.flatMap(({ beats }) => beats.map(({ source }) => source)));
  const beats = [...kits.values()].flatMap((kit) => {
    const fixture = told.has(kit.source) ? undefined : plainFact(kit);
    if (fixture === undefined) return [];
    return [
      { name: `${kit.source}-new`, source: kit.source, fixture, title: 'a sample of theirs' },
    ];
  });
  return { title: 'And the rest', beats, brief: true };
}

/** The whole story. `aDayAgo`: ISO date of a purchase whose click can no longer turn up late. */
export function story(aDayAgo: string, kits: Kits): readonly Scene[] {
  const scenes = [sales, repeats, moneyBack, strangers, visitors, ...everyOther];
  const all = [...scenes, newcomers(kits, scenes), trouble(aDayAgo)];
  return all.filter(({ beats }) => beats.length > 0);
}
