import { defineSource, type Acknowledgement } from '#contract';
import { EVENTS } from './events.js';
import { readMessage, type BuyGoodsMessage } from './message.js';
import { normalize } from './normalize.js';
import { BuyGoodsCredentials, BuyGoodsSettings } from './settings.js';
import { verify } from './verify.js';

/** What BuyGoods wants to hear is not documented; 200 with a short text is the safest guess. */
const OK: Acknowledgement = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'OK',
};

/** Tokens of the network, parts of card numbers and links that act for the buyer. */
const CAPABILITIES = [
  'token',
  'token_ipn',
  'help_token',
  'hidden_cardnumber',
  'payment_cardfirst4',
  'payment_cardlast4',
  'payment_method',
  'klarna_agreement',
  'paypal_native_agreement',
  'buy_url',
  'product_url',
  'product_url_encoded',
];

/** BuyGoods: the vendor's IPN (form POST) and the affiliate's postback (GET with macros). Neither is signed. */
export default defineSource<BuyGoodsCredentials, BuyGoodsSettings, BuyGoodsMessage>({
  name: 'buygoods',
  label: 'BuyGoods',
  credentials: BuyGoodsCredentials,
  settings: BuyGoodsSettings,
  methods: ['POST', 'GET'],
  events: EVENTS,
  redact: CAPABILITIES,
  setUp:
    'Vendor: BuyGoods → Settings → IPN / webhooks: paste the URL of this account, with its secret last part, for every event. Affiliate: BuyGoods → Tracking → Postback: paste the two URLs of the README, one for conversions and one for refunds.',

  probe: ({ method }) => (method === 'HEAD' ? OK : undefined),
  verify,
  reopen: (stored) => {
    const message = readMessage(stored);
    return message.ok ? message.value : { feed: 'ipn', fields: {} };
  },
  normalize,
  acknowledge: () => OK,
});
