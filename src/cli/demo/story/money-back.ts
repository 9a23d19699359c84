import type { Scene } from '../beat.js';

const FULL = { pi_A1: 'pi_B2', cs_live_a1: 'cs_live_b2', ch_A1: 'ch_B2', re_1: 're_B2' };
const DISPUTED = { pi_A1: 'pi_C3', cs_live_a1: 'cs_live_c3', ch_A1: 'ch_C3', dp_1: 'dp_C3' };
const CLICKBANK = { WXYZ1234: 'CGBK0001', clk_7hq2: 'clk_cgbk' };
const DIGISTORE = { K7M2QX9R: 'K7M2QX9C', '90311207': '90311999', '88120451': '88120999' };
const BUYGOODS = { '7KD2M9QX': '7KD2M9CB', '310455': '310999', 'clk-bg-001': 'clk-bg-009' };
const CRM = { 'A-1001': 'A-3003', evt_1: 'evt_31', evt_4: 'evt_34' };

/** Refunds in part and in full, chargebacks, and one that the seller wins. */
export const moneyBack: Scene = {
  title: 'Refunds and chargebacks',
  beats: [
    {
      name: 's1-part',
      source: 'stripe',
      fixture: 'refund-partial',
      title: '10.00 of the course goes back',
      of: 's1',
    },
    { name: 's3', source: 'stripe', fixture: 'checkout-sale', title: 'a sale …', swap: FULL },
    {
      name: 's3-full',
      source: 'stripe',
      fixture: 'refund-full',
      title: '… refunded in full',
      swap: FULL,
      of: 's3',
    },
    { name: 's4', source: 'stripe', fixture: 'checkout-sale', title: 'a sale …', swap: DISPUTED },
    {
      name: 's4-dispute',
      source: 'stripe',
      fixture: 'dispute-created',
      title: '… disputed by the card holder …',
      swap: DISPUTED,
      of: 's4',
    },
    {
      name: 's4-won',
      source: 'stripe',
      fixture: 'dispute-won',
      title: '… and won by the seller',
      swap: DISPUTED,
      of: 's4',
    },
    {
      name: 'c1-part',
      source: 'clickbank',
      fixture: 'refund-partial-negative',
      title: '10.00 of the first sale goes back',
      of: 'c1',
    },
    {
      name: 'c2-full',
      source: 'clickbank',
      fixture: 'legacy-refund',
      title: 'the legacy sale goes back whole',
      of: 'c2',
    },
    {
      name: 'c4',
      source: 'clickbank',
      fixture: 'form-envelope',
      title: 'a sale …',
      swap: CLICKBANK,
    },
    {
      name: 'c4-back',
      source: 'clickbank',
      fixture: 'chargeback',
      title: '… charged back',
      swap: CLICKBANK,
      of: 'c4',
    },
    {
      name: 'd1-part',
      source: 'digistore24',
      fixture: 'refund-partial-negative',
      title: 'part of the course goes back',
      of: 'd1',
    },
    { name: 'd3', source: 'digistore24', fixture: 'sale', title: 'a sale …', swap: DIGISTORE },
    {
      name: 'd3-back',
      source: 'digistore24',
      fixture: 'chargeback',
      title: '… charged back',
      swap: DIGISTORE,
      of: 'd3',
    },
    {
      name: 'b1-full',
      source: 'buygoods',
      fixture: 'refund-full',
      title: 'the order goes back, not its upsell',
      of: 'b1',
    },
    { name: 'b2', source: 'buygoods', fixture: 'sale', title: 'a sale …', swap: BUYGOODS },
    {
      name: 'b2-back',
      source: 'buygoods',
      fixture: 'chargeback',
      title: '… charged back',
      swap: BUYGOODS,
      of: 'b2',
    },
    { name: 'r3', source: 'crm', fixture: 'shop-sale', title: 'a deal …', swap: CRM },
    {
      name: 'r3-back',
      source: 'crm',
      fixture: 'shop-chargeback',
      title: '… disputed',
      swap: CRM,
      of: 'r3',
    },
    {
      name: 'r2-full',
      source: 'crm',
      fixture: 'shop-refund',
      title: 'the first deal is refunded',
      of: 'r2',
    },
  ],
};
