import { createHmac, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { SIGNING_SECRET } from '../payload.js';

const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;
const TOLERANCE_S = 300;

/** A signed notification, parsed. */
export interface Verified {
  readonly account: string;
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: StripeMessage;
}

/** As much of Stripe's message as the floors read. */
export interface StripeMessage {
  readonly type: string;
  readonly created: number;
  readonly livemode: boolean;
  readonly data: { readonly object: StripeSession };
}

export interface StripeSession {
  readonly id: string;
  readonly payment_intent: string;
  readonly amount_total: number;
  readonly currency: string;
  readonly customer: string;
  readonly customer_details: { readonly email: string };
  readonly metadata: Readonly<Record<string, string>>;
}

function isSigned(header: string, body: Buffer): boolean {
  const [, time = '', mac = ''] = SIGNATURE.exec(header) ?? [];
  if (mac === '' || Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_S) return false;
  const expected = createHmac('sha256', SIGNING_SECRET).update(`${time}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(mac, 'hex'));
}

/** Fastify with raw bodies at `/in/stripe/:account`; `record` resolves once the event is durable. */
export function openDoor(record: (verified: Verified) => Promise<void>): FastifyInstance {
  const app = Fastify({ logger: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.get('/readyz', () => ({ ok: true }));
  app.post('/in/stripe/:account', async (request, reply) => {
    const raw = request.body as Buffer;
    const signature = String(request.headers['stripe-signature']);
    if (!isSigned(signature, raw)) return reply.code(401).send({ ok: false });
    const { account } = request.params as { account: string };
    const headers = {
      'content-type': String(request.headers['content-type']),
      'user-agent': String(request.headers['user-agent']),
      'stripe-signature': signature,
    };
    const payload = JSON.parse(raw.toString('utf8')) as StripeMessage;
    await record({ account, raw, headers, payload });
    return { ok: true };
  });
  return app;
}

/** An environment variable that the bench always sets. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is missing: the floors are started by the bench`);
  return value;
}

/** Listens, and ends the process at once when told to: every run is over by then. */
export async function serve(app: FastifyInstance): Promise<void> {
  process.once('SIGTERM', () => process.exit(0));
  await app.listen({ port: Number(given('PORT')), host: '127.0.0.1' });
}
