import type { Beat, Scene } from '../beat.js';

const stripe = (name: string): Record<string, string> => ({
  pi_A1: `pi_${name}`,
  cs_live_a1: `cs_live_${name}`,
});

/** Buyers whom nobody sent, or whose click the partner does not know. */
const unknownClicks = (aDayAgo: string): readonly Beat[] => [
  {
    name: 'p1',
    source: 'clickbank',
    fixture: 'sale-without-affiliate',
    title: 'nobody sent this buyer',
    swap: { WXYZ1234: 'ORGN0001' },
  },
  {
    name: 'p2',
    source: 'crm',
    fixture: 'shop-sale',
    title: 'Tapfiliate does not know the click',
    swap: { 'A-1001': 'A-4004', evt_1: 'evt_41', clk123: 'nobody-1', '2026-11-20': aDayAgo },
    strangeClick: true,
  },
  {
    name: 'p3',
    source: 'digistore24',
    fixture: 'sale',
    title: 'TUNE does not know the click',
    swap: {
      K7M2QX9R: 'K7M2QX9N',
      '90311207': '90311777',
      'clk-ds-001': 'nobody-2',
      '2026-11-20': aDayAgo,
    },
    strangeClick: true,
  },
];

/** Partners that know the sale already, answer into a cut line, are busy, are gone. */
const badDays: readonly Beat[] = [
  {
    name: 'p4',
    source: 'stripe',
    fixture: 'checkout-sale',
    title: "the shop's own script told Tapfiliate first",
    swap: stripe('D4'),
    before: 'pixel-was-first',
  },
  {
    name: 'p5',
    source: 'stripe',
    fixture: 'checkout-sale',
    title: 'Tapfiliate takes it, the line breaks before the answer',
    swap: stripe('E5'),
    before: 'tapfiliate-cuts-line',
  },
  {
    name: 'p6',
    source: 'clickbank',
    fixture: 'sale-v7-basic-time',
    title: 'the tracker takes it, the line breaks before the answer',
    swap: { WXYZ1234: 'CUTT0001', clk_7hq2: 'clk_cutt' },
    before: 'tracker-cuts-line',
  },
  {
    name: 'p7',
    source: 'buygoods',
    fixture: 'sale',
    title: 'the tracker answers 503',
    swap: { '7KD2M9QX': '7KD2M9BZ', '310455': '310777', 'clk-bg-001': 'clk-bg-007' },
    before: 'tracker-busy',
  },
  {
    name: 'p8',
    source: 'crm',
    fixture: 'shop-sale',
    title: 'the tracker is gone, then comes back',
    swap: { 'A-1001': 'A-5005', evt_1: 'evt_51' },
    before: 'tracker-closes',
    after: 'tracker-returns',
  },
];

/** What goes wrong at partners, and comes right. `aDayAgo`: ISO date of a purchase whose click will not turn up late. */
export const trouble = (aDayAgo: string): Scene => ({
  title: 'Partners in trouble',
  beats: [...unknownClicks(aDayAgo), ...badDays],
});
