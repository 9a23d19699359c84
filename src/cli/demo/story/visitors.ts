import type { Scene } from '../beat.js';

/** People follow links; what they buy later is theirs who sent them. */
export const visitors: Scene = {
  title: 'Clicks, and whose sale it is',
  visits: [
    {
      name: 'ada',
      title: "follows Ada's link in a newsletter",
      query: 'ref=ada&utm_source=newsletter&utm_campaign=autumn',
      affiliate: 'ada',
    },
    {
      name: 'bert',
      title: "follows Bert's link, which carries Bert's own click id",
      query: 'aff=bert&sub1=review&placement=footer&aff_click_id=b-77',
      affiliate: 'bert',
    },
    {
      name: 'cleo',
      title: "the same browser follows Cleo's link: the last touch counts",
      query: 'tap_a=cleo&sub1=video',
      affiliate: 'cleo',
      browserOf: 'bert',
    },
  ],
  beats: [
    {
      name: 'v1',
      source: 'stripe',
      fixture: 'checkout-sale',
      title: "the reader of Ada's newsletter buys",
      swap: { pi_A1: 'pi_V1', cs_live_a1: 'cs_live_v1', clk_7Hq2: '@ada' },
    },
    {
      name: 'v2',
      source: 'clickbank',
      fixture: 'sale-v7-basic-time',
      title: 'the browser with two links buys',
      swap: { WXYZ1234: 'LAST0001', clk_7hq2: '@cleo' },
    },
  ],
};
