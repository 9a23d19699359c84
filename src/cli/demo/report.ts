import type { CanonicalEvent } from '../../contract/index.js';
import { isOpen, type LedgerDelivery, type LedgerReceipt } from './ledger-reader.js';
import { TARGETS, type Partners } from './partners/partners.js';
import { verdictOf, type Played, type Verdict } from './played.js';
import type { Visited } from './visit.js';
import type { Comparison } from './reconcile/check.js';
import { compareClicks } from './reconcile/clicks.js';
import { compareForged, compareNetworks } from './reconcile/networks.js';
import { comparePartners } from './reconcile/partners.js';
import { FORGED } from './story/strangers.js';

/** The whole ledger as the admin API shows it. */
export interface LedgerPicture {
  readonly receipts: readonly LedgerReceipt[];
  readonly events: readonly CanonicalEvent[];
  readonly deliveries: readonly LedgerDelivery[];
}

/** Notifications of one network by what became of them. */
export type SourceRow = { readonly source: string; readonly received: number } & Readonly<
  Record<Verdict, number>
>;

/** Deliveries to one partner by how they ended, and how often it was asked again. */
export interface TargetRow {
  readonly target: string;
  readonly deliveries: number;
  readonly delivered: number;
  readonly duplicate: number;
  readonly skipped: number;
  readonly refused: number;
  readonly open: number;
  /** Tries beyond the first. */
  readonly retries: number;
}

/** Money of one currency in minor units, tests left out. */
export interface MoneyRow {
  readonly currency: string;
  readonly sold: number;
  readonly back: number;
  readonly kept: number;
}

export interface Report {
  readonly ok: boolean;
  readonly sources: readonly SourceRow[];
  readonly targets: readonly TargetRow[];
  readonly money: readonly MoneyRow[];
  readonly comparisons: readonly Comparison[];
}

function sourceRows(played: readonly Played[]): SourceRow[] {
  const none = { recorded: 0, repeat: 0, conflict: 0, parked: 0, nothing: 0, refused: 0 };
  const rows = new Map<string, { received: number } & Record<Verdict, number>>();
  for (const one of played) {
    const { source } = one.notification.beat;
    const row = rows.get(source) ?? { received: 0, ...none };
    row.received += 1;
    row[verdictOf(one)] += 1;
    rows.set(source, row);
  }
  return [...rows].map(([source, row]) => ({ source, ...row }));
}

function targetRow(target: string, all: readonly LedgerDelivery[]): TargetRow {
  const mine = all.filter((one) => one.target === target);
  const count = (...states: readonly string[]): number =>
    mine.filter(({ state }) => states.includes(state)).length;
  return {
    target,
    deliveries: mine.length,
    delivered: count('delivered'),
    duplicate: count('duplicate'),
    skipped: count('skipped', 'cancelled'),
    refused: count('refused', 'dead'),
    open: mine.filter(isOpen).length,
    retries: mine.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
  };
}

const SOLD: Readonly<Record<string, number>> = { SALE: 1, REBILL: 1 };
/** A chargeback that the seller won comes back. */
const BACK: Readonly<Record<string, number>> = {
  REFUND: 1,
  CHARGEBACK: 1,
  CHARGEBACK_REVERSED: -1,
};

function moneyRows(events: readonly CanonicalEvent[]): MoneyRow[] {
  const counted = events.filter(({ test, revenue }) => !test && revenue !== null);
  const currencies = [...new Set(counted.map(({ revenue }) => revenue?.currency ?? ''))].sort();
  const sum = (currency: string, signs: Readonly<Record<string, number>>): number =>
    counted
      .filter(({ revenue }) => revenue?.currency === currency)
      .reduce((total, { type, revenue }) => total + (signs[type] ?? 0) * (revenue?.amount ?? 0), 0);
  return currencies.map((currency) => {
    const [sold, back] = [sum(currency, SOLD), sum(currency, BACK)];
    return { currency, sold, back, kept: sold - back };
  });
}

/** Every delivery must have come to its end. */
const compareEnds = (deliveries: readonly LedgerDelivery[]): Comparison => ({
  between: 'deliveries and their end',
  compared: deliveries.length,
  differences: deliveries
    .filter((one) => isOpen(one) || one.state === 'dead')
    .map(({ target, event, state }) => `${event} for ${target} is still ${state}`),
});

/** Adds everything up and holds all books against each other. */
export function reportOf(
  { played, visited }: { readonly played: readonly Played[]; readonly visited: readonly Visited[] },
  ledger: LedgerPicture,
  partners: Partners,
): Report {
  const { receipts, events, deliveries } = ledger;
  const refused = played.filter((one) => verdictOf(one) === 'refused').length;
  const comparisons = [
    compareNetworks(played, receipts, events, visited.length),
    compareClicks(visited, played, events, partners.tap.books.clicks),
    compareForged(
      FORGED,
      {
        'the ledger': JSON.stringify(ledger),
        "Tapfiliate's log": partners.tap.heard.join('\n'),
        "TUNE's log": partners.tune.heard.join('\n'),
        "the tracker's log": partners.tracker.heard.join('\n'),
      },
      refused,
    ),
    compareEnds(deliveries),
    ...comparePartners(played, events, deliveries, partners),
  ];
  return {
    ok: comparisons.every(({ differences }) => differences.length === 0),
    sources: sourceRows(played),
    targets: TARGETS.map((target) => targetRow(target, deliveries)),
    money: moneyRows(events),
    comparisons,
  };
}
