import { describe, expect, it } from '@jest/globals';
import { isSkip, type HttpRequest } from '#contract';
import { sampleEvent, SAMPLE_NOW } from '../../src/testing/sample-event.js';
import { ALIASES, MACROS, SPELLINGS, SUB_IDS } from './macro/names.js';
import plugin from './index.js';
import { PostbackSettings } from './settings.js';

const event = sampleEvent({
  test: true,
  order: { id: 'ORD1', parentId: 'ORD0' },
  attribution: {
    clickId: 'clk123',
    affiliateClickId: 'theirs-7',
    affiliateId: 'aff9',
    coupon: 'SPRING',
    campaignId: 'cmp7',
    offerId: 'off3',
    placement: 'top',
    utm: { source: 'fb', medium: 'cpc', campaign: 'may', term: 'shoe', content: 'red' },
    subIds: Array.from({ length: SUB_IDS }, (_, at) => `value-of-sub-${at + 1}`),
  },
});

const expand = (token: string): string | null => {
  const settings = Object.assign(new PostbackSettings(), {
    url: `https://t.example/p?et={event_type}&x={${token}}`,
  });
  expect(plugin.lint?.(settings)).toEqual([]);
  const built = plugin.build(event, settings, {
    entries: [],
    steps: [],
    now: SAMPLE_NOW,
    attempt: 1,
  });
  if (isSkip(built)) return `skip ${built.skip}`;
  return new URL((built as HttpRequest).url).searchParams.get('x');
};

const VALUES: Readonly<Record<string, string | null>> = {
  click_id: 'clk123',
  affiliate_click_id: 'theirs-7',
  event_type: 'SALE',
  event_id: 'evt0000000000000000000000000',
  status: 'approved',
  reversal: '0',
  payout: '24.50',
  amount: '49.00',
  currency: 'USD',
  payout_currency: 'USD',
  amount_currency: 'USD',
  order_id: 'ORD1',
  parent_order_id: 'ORD0',
  transaction_key: 'ORD1:SALE',
  offer_id: 'off3',
  affiliate_id: 'aff9',
  campaign_id: 'cmp7',
  source: 'fb',
  placement: 'top',
  creative_id: 'red',
  coupon: 'SPRING',
  utm_source: 'fb',
  utm_medium: 'cpc',
  utm_campaign: 'may',
  utm_term: 'shoe',
  utm_content: 'red',
  timestamp: '1795168800',
  timestamp_ms: '1795168800000',
  timestamp_iso: '2026-11-20T10:00:00.000Z',
  date: '2026-11-20',
  time: '10:00:00',
  test: '1',
  network: 'stripe',
  account: 'acme',
  native_type: 'SALE',
  country: null,
  ip: null,
  user_agent: null,
};

/**
 * Spellings that the trade uses, written down here once more by hand. Words that stand for two things in different
 * systems have the one meaning that README.md gives them: tid, transaction_id, sub1, s2, aff_sub, state, campaign.
 */
const TRADE: Readonly<Record<string, string>> = {
  click_id:
    'clickid cid click subid sub_id transaction_id aff_click_id reqid externalid external_id uid evclid clickRef',
  event_type: 'event goal goal_name et type action event_name canonical',
  event_id: 'id conversion_id eid conversion_unique_id',
  status: 'state pubstatus cnv_status conv_status',
  reversal: 'reverse',
  payout: 'sum revenue commission earnings rev',
  amount: 'sale_amount total value order_total ect',
  currency: 'cur cnv_currency cr',
  order_id: 'txid txn_id transactionid tid action_id orderid adv_sub adv_unique1 leadid',
  offer_id: 'offerid oid o campaign',
  affiliate_id: 'aff_id affid pid pub_id',
  placement: 'subsource',
  timestamp_ms: 'occurred_at_ms',
  timestamp_iso: 'datetime',
  date: 'click_date',
  country: 'geo cc',
  user_agent: 'uagent device_ua ua',
};

describe('macros', () => {
  it.each(Object.entries(VALUES))('{%s} says %s', (name, value) => {
    expect(expand(name)).toBe(value);
  });

  it('has a value in this table for every canonical name but random', () => {
    expect(Object.keys(MACROS).filter((name) => !(name in VALUES))).toEqual(['random']);
  });

  it.each(
    Object.entries(TRADE).flatMap(([name, words]) => words.split(' ').map((word) => [word, name])),
  )('{%s} is {%s}, in any case', (word, name) => {
    const wanted = VALUES[name];
    expect([word, word.toUpperCase(), word.toLowerCase()].map(expand)).toEqual([
      wanted,
      wanted,
      wanted,
    ]);
  });

  it('has no alias that the table above leaves out', () => {
    const told = Object.values(TRADE).flatMap((words) => words.toLowerCase().split(' '));
    const spare = ['rand', 'cachebuster'];
    expect(Object.values(ALIASES).flat().toSorted()).toEqual([...told, ...spare].toSorted());
  });

  it.each([
    ...Array.from({ length: 30 }, (_, at) => [`sub${at + 1}`, at + 1] as const),
    ...Array.from({ length: 5 }, (_, at) => [`s${at + 1}`, at + 1] as const),
    ['aff_sub', 1] as const,
    ...Array.from({ length: 4 }, (_, at) => [`aff_sub${at + 2}`, at + 2] as const),
    ...Array.from({ length: 15 }, (_, at) => [`sub_id_${at + 1}`, at + 1] as const),
    ...Array.from({ length: 5 }, (_, at) => [`adv${at + 1}`, at + 1] as const),
    ...Array.from({ length: 15 }, (_, at) => [`custom_field${at + 1}`, at + 1] as const),
  ])('{%s} is sub id %d', (word, place) => {
    expect(expand(word)).toBe(`value-of-sub-${place}`);
  });

  it('gives every spelling one meaning', () => {
    const aliases = Object.values(ALIASES).flat();
    expect(new Set(aliases).size).toBe(aliases.length);
    for (const [name, spellings] of Object.entries(ALIASES)) {
      for (const spelling of spellings)
        expect([spelling, SPELLINGS.get(spelling)]).toEqual([spelling, name]);
    }
  });

  it('derives random from the event id: digits, the same again, another for another event', () => {
    const [first, again] = [expand('random'), expand('cachebuster')];
    expect(first).toMatch(/^\d{15}$/);
    expect(again).toBe(first);
  });
});
