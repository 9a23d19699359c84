import { describe, expect, it } from '@jest/globals';
import { startChild } from './child-gateway.js';

/** A gateway that must not start: its exit code and everything it said. Stores are never reached. */
async function refusedStart(
  yaml: string,
  env: Record<string, string> = {},
): Promise<{ code: string | number; text: string }> {
  const away = { MONGODB_URI: 'mongodb://127.0.0.1:9/x', REDIS_URL: 'redis://127.0.0.1:9' };
  const child = await startChild(yaml, { ...away, ...env });
  const code = await child.ended;
  return { code, text: child.output() };
}

describe('a wrong configuration stops the start', () => {
  it('names every fault at once, each with its path, the rule and an example', async () => {
    const { code, text } = await refusedStart(
      `
accounts:
  - { id: cb, source: clickbnk, credentials: { vendor: x, secretKey: k } }
  - { id: st, source: stripe, credentials: { signingSecret: "\${env:NOT_SET_ANYWHERE}" } }
targets:
  - { id: tracker, target: postback, settings: { url: "https://tracker.example/p?cid={clik_id}" } }
  - { id: tap, target: tapfiliate, settings: { apiKei: hush-hush-key } }
routes:
  - { from: nobody, to: [tracker], events: [SALES] }
`,
      { WAYBILL_ROLE: 'boss' },
    );
    expect(code).toBe(1);
    for (const path of [
      'WAYBILL_ROLE',
      'accounts[0].source',
      'accounts[1].credentials.signingSecret',
      'targets[0].settings.url',
      'targets[1].settings.apiKei',
      'targets[1].settings.apiKey',
      'routes[0].from',
      'routes[0].events',
    ]) {
      expect(text).toContain(path);
    }
    expect(text).toContain('clickbank');
    expect(text).toContain('click_id');
    expect(text).toContain('example:');
    expect(text).not.toContain('hush-hush-key');
    expect(text).not.toContain('    at ');
  });

  it('refuses a fault point, embedded stores and a plain secret in production', async () => {
    const { code, text } = await refusedStart(
      'accounts: [{ id: st, source: stripe, credentials: { signingSecret: whsec_in_plain_text } }]',
      { NODE_ENV: 'production', WAYBILL_FAULT: 'before-commit', MONGODB_URI: '' },
    );
    expect(code).toBe(1);
    for (const name of ['WAYBILL_FAULT', 'MONGODB_URI', 'accounts[0].credentials.signingSecret']) {
      expect(text).toContain(name);
    }
    expect(text).not.toContain('whsec_in_plain_text');
  });
});
