import { credentials, seal } from '../../plugins/stripe/fixtures/seal.js';

/** Personal data that must never leave the ledger's hashes: every body carries it, nothing else may. */
export const CANARY_DOMAIN = 'canary-pii.example';
export const SIGNING_SECRET = credentials.signingSecret;

/** Something that happened at the network, and how the network says it. */
export interface Telling {
  /** `order:TYPE`, unique in a run. */
  readonly id: string;
  readonly order: string;
  readonly type: 'SALE' | 'REFUND';
  /** Minor units of USD. */
  readonly amount: number;
  readonly payload: object;
}

/** A request as it goes out: sealed anew for every try, as networks do. */
export interface Sealed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const began = Math.floor(Date.now() / 1000);

const envelope = (id: string, type: string, object: object) => ({
  id: `evt_${id}`,
  object: 'event',
  api_version: '2025-09-30.clover',
  created: began,
  livemode: true,
  type,
  data: { object },
});

/** A paid one-off checkout. The amount follows from the number, so that a lost or swapped one shows in the sums. */
export function saleOf(n: number): Telling {
  const order = `pi_drill${n}`;
  const amount = 1000 + (n % 9000);
  const payload = envelope(`sale${n}`, 'checkout.session.completed', {
    id: `cs_drill${n}`,
    object: 'checkout.session',
    amount_total: amount,
    currency: 'usd',
    created: began,
    customer_details: { email: `buyer${n}@${CANARY_DOMAIN}` },
    livemode: true,
    metadata: { affiliate_id: `aff${n % 50}` },
    mode: 'payment',
    payment_intent: order,
    payment_status: 'paid',
    client_reference_id: `click${n}`,
  });
  return { id: `${order}:SALE`, order, type: 'SALE', amount, payload };
}

/** A part of the money goes back. */
export function refundOf(n: number): Telling {
  const order = `pi_drill${n}`;
  const amount = 100 + (n % 800);
  const payload = envelope(`refund${n}`, 'refund.created', {
    id: `re_drill${n}`,
    object: 'refund',
    amount,
    charge: `ch_drill${n}`,
    created: began,
    currency: 'usd',
    payment_intent: order,
    status: 'succeeded',
  });
  return { id: `${order}:REFUND`, order, type: 'REFUND', amount, payload };
}

/** Signs a telling, at this moment and with the account's secret unless told otherwise. */
export function sealed(telling: Telling, now = Date.now(), signingSecret = SIGNING_SECRET): Sealed {
  const { headers, body } = seal(telling.payload, { signingSecret }, now);
  return { headers, body };
}
