import { Choice, Secret, TextList } from '#contract';

/** Sums of a purchase that can be the revenue of an event. */
export const REVENUE_FIELDS = ['price', 'full_price', 'original_offer_price'] as const;

/** Receivers of a share whose commission can be the payout of an event. */
export const PAYOUT_SOURCES = ['AFFILIATE', 'PRODUCER', 'COPRODUCER'] as const;

/** What proves the messages of one Hotmart account. */
export class HotmartCredentials {
  @Secret({
    label: 'Hottok',
    hint: 'Tools → Webhook (API and notifications) → Authentication: the account’s hottok. It is the only proof.',
    minLength: 8,
    example: '${env:HOTMART_HOTTOK}',
  })
  hottok!: string;
}

/** How one account's messages are read. */
export class HotmartSettings {
  @Choice(REVENUE_FIELDS, {
    label: 'Revenue',
    hint: 'price (default); full_price: with the interest of instalments; original_offer_price: the price of the offer.',
    optional: true,
    example: 'price',
  })
  amountField: (typeof REVENUE_FIELDS)[number] = 'price';

  @Choice(PAYOUT_SOURCES, {
    label: 'Payout',
    hint: 'Whose share of the commissions is the payout. Default AFFILIATE.',
    optional: true,
    example: 'AFFILIATE',
  })
  payoutSource: (typeof PAYOUT_SOURCES)[number] = 'AFFILIATE';

  @TextList({
    label: 'Names that hold the click id',
    hint: 'Of sck, src and xcod, in order of preference. Default: in that order.',
    optional: true,
    example: ['sck', 'src', 'xcod'],
  })
  clickIdFrom: readonly string[] = ['sck', 'src', 'xcod'];
}
