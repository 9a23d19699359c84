import { describe, expect, it } from '@jest/globals';
import plugin from './index.js';
import { LemonSqueezyCredentials } from './settings.js';

/** Computed with Python's hmac module, white space included. */
const SIGNATURE = '59b1139a7be6fb9d7004e94f5b1551b18411df31ab70d1de97ad18c9cfa3fcba';
const BODY =
  '\n {"meta":{"event_name":"license_key_created"},"data":{"attributes":{"note":"größer"}}} ';

const ask = (signature: string | undefined, body = BODY, secret = 'sample-secret'): unknown =>
  plugin.verify(
    {
      method: 'POST',
      url: '',
      pathToken: '',
      query: '',
      headers: { 'x-signature': signature },
      body: Buffer.from(body, 'utf8'),
      receivedAt: 0,
    },
    Object.assign(new LemonSqueezyCredentials(), { signingSecret: secret }),
    [],
  );

describe('lemonsqueezy signature', () => {
  it('accepts what another implementation signed, in either case', () => {
    expect(ask(SIGNATURE)).toMatchObject({ ok: true, trust: 'signed' });
    expect(ask(SIGNATURE.toUpperCase())).toMatchObject({ ok: true });
  });

  it('signs the white space too', () => {
    expect(ask(SIGNATURE, BODY.trim())).toEqual({ ok: false, reason: 'bad-signature' });
  });

  it('fails closed without a secret, a header, or 32 bytes', () => {
    expect(ask(SIGNATURE, BODY, '')).toEqual({ ok: false, reason: 'bad-signature' });
    expect(ask(undefined)).toEqual({ ok: false, reason: 'missing-signature' });
    expect(ask(SIGNATURE.slice(2))).toEqual({ ok: false, reason: 'bad-signature' });
  });
});
