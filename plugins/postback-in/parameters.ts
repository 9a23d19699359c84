/** Names by which a value may come, ours first. Capitals do not matter. */
export const PARAMETERS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    click_id:
      'clickid cid click subid sub_id transaction_id aff_click_id reqid externalid external_id uid evclid clickref aff_sub s2',
    event_type: 'event goal goal_name et type action event_name canonical',
    event_id: 'id conversion_id eid conversion_unique_id',
    status: 'state pubstatus cnv_status conv_status',
    reversal: 'reverse',
    payout: 'sum revenue commission earnings rev',
    amount: 'sale_amount total value order_total ect event_revenue af_revenue',
    currency: 'cur cnv_currency cr event_revenue_currency af_currency',
    order_id:
      'txid txn_id transactionid tid action_id orderid adv_sub adv_unique1 leadid af_order_id',
    offer_id: 'offerid oid o',
    affiliate_id: 'aff_id affid pid pub_id',
    campaign_id: 'campaign',
    source: 'utm_source',
    placement: 'subsource',
    coupon: 'coupon_code promo_code',
    sub1: 's1 aff_sub1 sub_id_1 sub_id1 subid1 af_sub1',
    sub2: 'aff_sub2 sub_id_2 sub_id2 subid2 af_sub2',
    sub3: 's3 aff_sub3 sub_id_3 sub_id3 subid3 af_sub3',
    sub4: 's4 aff_sub4 sub_id_4 sub_id4 subid4 af_sub4',
    sub5: 's5 aff_sub5 sub_id_5 sub_id5 subid5 af_sub5',
    timestamp: 'timestamp_ms occurred_at_ms timestamp_iso datetime event_time conversion_time',
    test: 'is_test sandbox',
  }).map(([name, others]) => [name, [name, ...others.split(' ')]]),
);

export const CANONICAL: readonly string[] = Object.keys(PARAMETERS);

export type Texts = Readonly<Record<string, string>>;

/** Values by our names; of several spellings the first of the list that has a value. */
export function canonical(given: Texts, own: Texts = {}): Texts {
  const found: Record<string, string> = {};
  for (const name of CANONICAL) {
    const chosen = Object.hasOwn(own, name) ? own[name]?.toLowerCase() : undefined;
    const spellings = chosen === undefined ? (PARAMETERS[name] ?? []) : [chosen];
    const spelling = spellings.find((one) => Object.hasOwn(given, one) && given[one] !== '');
    const value = spelling === undefined ? undefined : given[spelling];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
