import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { CrmCredentials } from './credentials.js';
import plugin from './index.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');

describe('standard-webhooks against the reference library', () => {
  it('accepts what the library signs, for any id and body', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        fc.stringMatching(/^[\w.-]{1,40}$/),
        fc.object(),
        (key, id, body) => {
          const secret = `whsec_${Buffer.from(key).toString('base64')}`;
          const text = JSON.stringify(body);
          const signature = new Webhook(secret).sign(id, new Date(NOW), text);
          const verdict = plugin.verify(
            {
              method: 'POST',
              url: '',
              pathToken: '',
              query: '',
              headers: {
                'webhook-id': id,
                'webhook-timestamp': String(NOW / 1000),
                'webhook-signature': signature,
              },
              body: Buffer.from(text),
              receivedAt: NOW,
            },
            Object.assign(new CrmCredentials(), {
              verifier: { preset: 'standard-webhooks', secret },
            }),
            [],
          );
          expect(verdict.ok).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
