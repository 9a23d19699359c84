import { Structured } from '#contract';
import type { Verifier } from './verifier/shape.js';
import { verifierFaults, verifierSecrets } from './verifier/verify.js';

/** How the sender proves itself. */
export class CrmCredentials {
  @Structured({
    label: 'Verifier',
    hint: 'A preset (basic, bearer, header, secret-url, query, hmac, ed25519, standard-webhooks, close, calendly, slack, typeform, github, woocommerce, shopify, hubspot-v3) and its secret; any may add pathToken, requiredHeader and expect.',
    example: { preset: 'basic', username: 'waybill', password: 'a long random password' },
    faults: verifierFaults,
    secretsIn: verifierSecrets,
    schema: {
      type: 'object',
      required: ['preset'],
      properties: { preset: { type: 'string' }, secret: { type: 'string', writeOnly: true } },
    },
  })
  verifier!: Verifier;
}
