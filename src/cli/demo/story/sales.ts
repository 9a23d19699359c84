import type { Scene } from '../beat.js';

/** Sales, leads, upsells and renewals of all five networks. */
export const sales: Scene = {
  title: 'Sales, upsells and renewals',
  beats: [
    { name: 's1', source: 'stripe', fixture: 'checkout-sale', title: 'a course is sold' },
    {
      name: 's1-twin',
      source: 'stripe',
      fixture: 'intent-of-checkout',
      title: 'the same sale under its other name',
    },
    { name: 's2', source: 'stripe', fixture: 'invoice-first-basil', title: 'a membership begins' },
    {
      name: 's2-rebill',
      source: 'stripe',
      fixture: 'invoice-cycle-after-trial',
      title: 'the membership is renewed',
    },
    {
      name: 'c1',
      source: 'clickbank',
      fixture: 'sale-v7-basic-time',
      title: 'sale, encrypted INS',
    },
    { name: 'c1-upsell', source: 'clickbank', fixture: 'upsell', title: 'upsell after checkout' },
    { name: 'c2', source: 'clickbank', fixture: 'legacy-sale', title: 'sale, legacy signed form' },
    {
      name: 'c3',
      source: 'clickbank',
      fixture: 'sale-v6-extended-time',
      title: 'a club membership',
      swap: { WXYZ1234: 'CLUB0001', clk_7hq2: 'clk_club' },
    },
    {
      name: 'c3-rebill',
      source: 'clickbank',
      fixture: 'rebill',
      title: 'its second month',
      swap: { WXYZ1234: 'CLUB0001', clk_7hq2: 'clk_club' },
    },
    { name: 'd1', source: 'digistore24', fixture: 'sale', title: 'a course is sold' },
    { name: 'd1-upsell', source: 'digistore24', fixture: 'upsell-suffix', title: 'upsell' },
    { name: 'd2', source: 'digistore24', fixture: 'subscription-first', title: 'a subscription' },
    { name: 'd2-rebill', source: 'digistore24', fixture: 'rebill', title: 'its second payment' },
    { name: 'b1', source: 'buygoods', fixture: 'sale', title: 'an order, IPN with path token' },
    { name: 'b1-upsell', source: 'buygoods', fixture: 'sale-upsell', title: 'upsell, same order' },
    { name: 'r1', source: 'crm', fixture: 'shop-lead-custom-list', title: 'a form is filled in' },
    { name: 'r2', source: 'crm', fixture: 'shop-sale', title: 'a deal is won' },
  ],
};
