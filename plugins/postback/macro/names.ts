/** What each canonical macro stands for; the left column of the macro table in README.md. */
export const MACROS = {
  click_id: 'click id of the partner or tracker',
  affiliate_click_id: "the affiliate's own id of the click, as it stood in the link",
  event_type: 'event type, or the name that `eventNames` gives it',
  event_id: 'id of the event in Waybill, the same on every attempt',
  status: '`pending`, `approved` or `rejected` by event type, or the word that `statuses` gives',
  reversal: '`1` for a refund, chargeback, cancellation or rejected lead, else `0`',
  payout: 'what the affiliate earns, decimal',
  amount: 'what the buyer paid or got back, decimal',
  currency: 'ISO 4217 code of `payout` when the template sends it, else of `amount`',
  payout_currency: 'ISO 4217 code of `payout`',
  amount_currency: 'ISO 4217 code of `amount`',
  order_id: 'order id of the network',
  parent_order_id: 'order that this one continues',
  transaction_key: 'order id and event type, e.g. `ORD1:SALE`: one name per conversion',
  offer_id: 'offer',
  affiliate_id: 'affiliate',
  campaign_id: 'campaign',
  source: 'traffic source, `utm_source` of the click',
  placement: 'placement',
  creative_id: 'creative, `utm_content` of the click',
  coupon: 'coupon code',
  utm_source: 'UTM value',
  utm_medium: 'UTM value',
  utm_campaign: 'UTM value',
  utm_term: 'UTM value',
  utm_content: 'UTM value',
  timestamp: 'time of the event, unix seconds',
  timestamp_ms: 'time of the event, unix milliseconds',
  timestamp_iso: 'time of the event, ISO 8601 UTC',
  date: 'UTC date of the event, `2026-11-20`',
  time: 'UTC time of the event, `10:00:00`',
  test: '`1` for a test event, else `0`',
  random: 'digits derived from the event id: different per event, the same on every attempt',
  network: 'source plugin, e.g. `clickbank`',
  account: 'account id in Waybill',
  native_type: "the network's own word for the event",
  country: 'always empty: an event carries no country',
  ip: 'always empty: an event carries no address',
  user_agent: 'always empty: an event carries no browser',
} as const;

export const SUB_IDS = 30;

/** A canonical name: one of `MACROS`, `sub1` … `sub30`, or `secret`. */
export type MacroName = string;

/**
 * Other spellings, one meaning each. Where the trade uses one word for two things, README.md says which was taken:
 * `tid` is the order (Keitaro), `transaction_id` the click (TUNE, Everflow), `revenue` the payout (trackers).
 */
export const ALIASES: Readonly<Record<string, readonly string[]>> = {
  click_id:
    'clickid cid click subid sub_id transaction_id aff_click_id reqid externalid external_id uid evclid clickref'.split(
      ' ',
    ),
  event_type: 'event goal goal_name et type action event_name canonical'.split(' '),
  event_id: 'id conversion_id eid conversion_unique_id'.split(' '),
  status: 'state pubstatus cnv_status conv_status'.split(' '),
  reversal: ['reverse'],
  payout: 'sum revenue commission earnings rev'.split(' '),
  amount: 'sale_amount total value order_total ect'.split(' '),
  currency: 'cur cnv_currency cr'.split(' '),
  order_id: 'txid txn_id transactionid tid action_id orderid adv_sub adv_unique1 leadid'.split(' '),
  offer_id: 'offerid oid o campaign'.split(' '),
  affiliate_id: 'aff_id affid pid pub_id'.split(' '),
  placement: ['subsource'],
  timestamp_ms: ['occurred_at_ms'],
  timestamp_iso: ['datetime'],
  date: ['click_date'],
  random: ['rand', 'cachebuster'],
  country: ['geo', 'cc'],
  ip: [],
  user_agent: ['uagent', 'device_ua', 'ua'],
};

/** Spellings of sub id number `place`. `aff_sub` without a number is the first one (TUNE). */
export function subSpellings(place: number): readonly string[] {
  const numbered = ['s', 'aff_sub', 'sub_id_', 'sub_id', 'subid', 'custom_field'];
  const spellings = numbered.map((stem) => `${stem}${place}`);
  if (place <= 5) spellings.push(`adv${place}`);
  return place === 1 ? ['aff_sub', ...spellings] : spellings;
}

const table = new Map<string, MacroName>();
for (const name of Object.keys(MACROS)) table.set(name, name);
for (const [name, spellings] of Object.entries(ALIASES)) {
  for (const spelling of spellings) table.set(spelling, name);
}
for (let place = 1; place <= SUB_IDS; place += 1) {
  for (const spelling of [`sub${place}`, ...subSpellings(place)]) {
    table.set(spelling, `sub${place}`);
  }
}

/** Every spelling with its canonical name, all in lower case. */
export const SPELLINGS: ReadonlyMap<string, MacroName> = table;

/** The canonical name of a spelling in any case; undefined when it is no macro. */
export const canonicalName = (spelling: string): MacroName | undefined =>
  table.get(spelling.toLowerCase());
