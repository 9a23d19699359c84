import { credentials, seal } from '../../plugins/stripe/fixtures/seal.js';

export const STRIPE_SECRET = credentials.signingSecret;

/** One moment for all tries of a sale: a network repeats the same message, only the signature is fresh. */
const created = Math.floor(Date.now() / 1000);

/** A signed one-off checkout of $49.00 under this number. */
export function stripeSale(order: string) {
  const payload = {
    id: `evt_${order}`,
    object: 'event',
    api_version: '2025-09-30.clover',
    created,
    livemode: true,
    type: 'checkout.session.completed',
    data: {
      object: {
        id: `cs_${order}`,
        object: 'checkout.session',
        amount_total: 4900,
        currency: 'usd',
        created,
        livemode: true,
        mode: 'payment',
        payment_intent: order,
        payment_status: 'paid',
        client_reference_id: `click${order}`,
        metadata: {},
      },
    },
  };
  const { headers, body } = seal(payload, credentials, Date.now());
  return { headers, body: new Uint8Array(body) };
}
