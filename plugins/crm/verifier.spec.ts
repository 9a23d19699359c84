import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkSettings, type Notification } from '#contract';
import { seal } from './fixtures/seal.js';
import plugin from './index.js';
import { CrmCredentials } from './credentials.js';
import { urlSpellings } from './verifier/public-url.js';
import { verifierFaults, verifierSecrets } from './verifier/verify.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const TOKEN = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

const BLANK: Notification = {
  method: 'POST',
  url: 'https://gateway.example/in/crm/acme',
  pathToken: '',
  query: '',
  headers: {},
  body: Buffer.from('{"id":1}'),
  receivedAt: NOW,
};

type Change = Partial<Notification>;

/** What `verify` says of a request sealed for `verifier`, after `change`. */
function told(
  verifier: Record<string, unknown>,
  change: (sealed: Notification) => Change = () => ({}),
  options: Record<string, unknown> = {},
): string {
  const request = seal({ id: 1 }, { verifier }, NOW, { url: BLANK.url, ...options });
  const sealed: Notification = { ...BLANK, ...request };
  const verdict = plugin.verify(
    { ...sealed, ...change(sealed) },
    Object.assign(new CrmCredentials(), { verifier }),
    [],
  );
  return verdict.ok ? verdict.trust : verdict.reason;
}

const without =
  (name: string) =>
  ({ headers }: Notification): Change => ({
    headers: Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name)),
  });

const withHeader =
  (name: string, value: string | ((old: string) => string)) =>
  ({ headers }: Notification): Change => ({
    headers: {
      ...headers,
      [name]: typeof value === 'string' ? value : value(headers[name] ?? ''),
    },
  });

const at = (ms: number) => (): Change => ({ receivedAt: NOW + ms });

const SIGNED: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ['close', { secret: 'ab'.repeat(32) }, ['close-sig-hash', 'close-sig-timestamp']],
  ['calendly', { secret: 'calendly-key' }, ['calendly-webhook-signature']],
  ['slack', { secret: 'slack-secret' }, ['x-slack-signature', 'x-slack-request-timestamp']],
  ['typeform', { secret: 'typeform-secret' }, ['typeform-signature']],
  ['github', { secret: 'github-secret' }, ['x-hub-signature-256']],
  ['woocommerce', { secret: 'woo-secret' }, ['x-wc-webhook-signature']],
  ['shopify', { secret: 'shopify-secret' }, ['x-shopify-hmac-sha256']],
  [
    'hubspot-v3',
    { secret: 'hubspot-secret' },
    ['x-hubspot-signature-v3', 'x-hubspot-request-timestamp'],
  ],
  [
    'standard-webhooks',
    { secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` },
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  ],
  [
    'standard-webhooks',
    { secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`, headerPrefix: 'svix' },
    ['svix-id', 'svix-timestamp', 'svix-signature'],
  ],
];

const TIMED = new Set(['close', 'calendly', 'slack', 'hubspot-v3', 'standard-webhooks']);

describe.each(SIGNED)('signed preset %s', (preset, more, headers) => {
  const verifier = { preset, ...more };

  it('passes its check and accepts what the sender signs', () => {
    expect(verifierFaults(verifier)).toEqual([]);
    expect(told(verifier)).toBe('signed');
  });

  it('misses every header that the scheme needs', () => {
    expect(headers.map((name) => told(verifier, without(name)))).toEqual(
      headers.map(() => 'missing-signature'),
    );
  });

  it('refuses another body and another secret', () => {
    expect(told(verifier, () => ({ body: Buffer.from('{"id":2}') }))).toBe('bad-signature');
    const other = { ...verifier, secret: String(more['secret']).replace(/.(?==*$)/, 'c') };
    const request = seal({ id: 1 }, { verifier: other }, NOW, { url: BLANK.url });
    expect(told(verifier, () => request)).toBe('bad-signature');
  });

  it('is fresh for five minutes both ways when it carries a time', () => {
    const verdicts = [300_000, -300_000, 301_000, -301_000].map((ms) => told(verifier, at(ms)));
    const late = TIMED.has(preset) ? 'stale' : 'signed';
    expect(verdicts).toEqual(['signed', 'signed', late, late]);
  });

  it('does not take the fields of a GET unless the URL is signed', () => {
    const verdict = told(verifier, () => ({ method: 'GET', query: 'id=1' }));
    expect(verdict).toBe(preset === 'hubspot-v3' ? 'bad-signature' : 'missing-signature');
  });
});

describe('timestamps', () => {
  const key = Buffer.alloc(24, 7);
  const verifier = { preset: 'standard-webhooks', secret: `whsec_${key.toString('base64')}` };

  /** A correct signature over a timestamp of any spelling. */
  const signedAt = (timestamp: string): string =>
    told(verifier, ({ body, headers }) => ({
      headers: {
        ...headers,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${createHmac('sha256', key).update(`msg_1.${timestamp}.`).update(body).digest('base64')}`,
      },
    }));

  it('must be plain digits, even when signed', () => {
    expect(signedAt(String(NOW / 1000))).toBe('signed');
    const odd = ['', ' 1795168800', '1795168800.0', '+1795168800', '1.7951688e9', '0x6b00', 'NaN'];
    expect(new Set(odd.map(signedAt))).toEqual(new Set(['bad-signature']));
  });

  it('are milliseconds of thirteen digits for HubSpot', () => {
    const hubspot = { preset: 'hubspot-v3', secret: 'hubspot-secret' };
    expect(told(hubspot, withHeader('x-hubspot-request-timestamp', '1795168800'))).toBe(
      'bad-signature',
    );
  });

  it('have the tolerance that is configured', () => {
    const wide = { ...verifier, toleranceSec: 259_200 };
    expect(told(wide, at(259_200_000))).toBe('signed');
    expect(told(wide, at(259_201_000))).toBe('stale');
  });
});

describe('several signatures', () => {
  const verifier = {
    preset: 'standard-webhooks',
    secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  };

  it('accepts when one v1 of the list is ours, and reads no other version', () => {
    const other = `v1,${Buffer.alloc(32).toString('base64')}`;
    expect(
      told(
        verifier,
        withHeader('webhook-signature', (old) => `${other} ${old}`),
      ),
    ).toBe('signed');
    expect(
      told(
        verifier,
        withHeader('webhook-signature', (old) => `v1a${old.slice(2)}`),
      ),
    ).toBe('bad-signature');
  });

  it('looks at ten at most', () => {
    const junk = Array.from({ length: 10 }, () => `v1,${Buffer.alloc(32).toString('base64')}`);
    expect(
      told(
        verifier,
        withHeader('webhook-signature', (old) => [...junk, old].join(' ')),
      ),
    ).toBe('bad-signature');
  });

  it('does not take a pair list with two times', () => {
    const calendly = { preset: 'calendly', secret: 'calendly-key' };
    const twice = withHeader('calendly-webhook-signature', (old) => `t=1,${old}`);
    expect(told(calendly, twice)).toBe('missing-signature');
  });

  it('takes rotated signatures in a pair list', () => {
    const calendly = { preset: 'calendly', secret: 'calendly-key' };
    const extra = withHeader('calendly-webhook-signature', (old) => `${old},v1=${'0'.repeat(64)}`);
    expect(told(calendly, extra)).toBe('signed');
  });
});

describe('static presets', () => {
  const basic = { preset: 'basic', username: 'waybill', password: 'pass:word-1234' };

  it('takes Basic credentials of any scheme spelling and nothing else', () => {
    const pair = Buffer.from('waybill:pass:word-1234').toString('base64');
    expect(told(basic)).toBe('shared-secret');
    expect(told(basic, withHeader('authorization', `bAsIc ${pair}`))).toBe('shared-secret');
    expect(told(basic, without('authorization'))).toBe('missing-signature');
    expect(told(basic, withHeader('authorization', `Bearer ${pair}`))).toBe('missing-signature');
    expect(told(basic, withHeader('authorization', `Basic ${pair}, Basic ${pair}`))).toBe(
      'bad-token',
    );
    expect(told(basic, withHeader('authorization', 'Basic !!!'))).toBe('bad-token');
  });

  it('takes bearer, header and query secrets, and misses absent ones', () => {
    const secret = 'a-static-secret-9f2c';
    const bearer = { preset: 'bearer', secret };
    const header = { preset: 'header', header: 'X-Key', secret };
    const query = { preset: 'query', parameter: 'waybill_key', secret };
    expect([bearer, header, query].map((one) => told(one))).toEqual(
      Array.from({ length: 3 }, () => 'shared-secret'),
    );
    expect(told(bearer, without('authorization'))).toBe('missing-signature');
    expect(told(header, without('x-key'))).toBe('missing-signature');
    expect(told(header, withHeader('x-key', `${secret} `))).toBe('bad-token');
    expect(told(query, () => ({ query: '' }))).toBe('missing-signature');
    expect(told(query, () => ({ query: 'waybill_key=wrong' }))).toBe('bad-token');
  });

  it('treats a missing expected field as another account', () => {
    const verifier = { ...basic, expect: [{ path: 'tenant', equals: 'undefined' }] };
    expect(told(verifier)).toBe('wrong-account');
  });

  it('adds a path token and a second header to any preset', () => {
    const verifier = {
      ...basic,
      pathToken: TOKEN,
      requiredHeader: { name: 'X-Shop', value: 'shop-4711' },
    };
    expect(verifierFaults(verifier)).toEqual([]);
    expect(told(verifier)).toBe('shared-secret');
    expect(told(verifier, () => ({ pathToken: '' }))).toBe('bad-token');
    expect(told(verifier, without('x-shop'))).toBe('missing-signature');
    expect(told(verifier, withHeader('x-shop', 'shop-4712'))).toBe('bad-token');
    expect(told(verifier, without('authorization'))).toBe('missing-signature');
  });

  it('compares the fields of expect with the document', () => {
    const ours = (equals: unknown): string => told({ ...basic, expect: [{ path: 'id', equals }] });
    expect([ours(1), ours('1'), ours(2), ours(' ')]).toEqual([
      'shared-secret',
      'shared-secret',
      'wrong-account',
      'bad-signature',
    ]);
  });
});

describe('signed URLs', () => {
  it('decodes only the twelve escapes of the vendor page', () => {
    const url = 'https://h.example/a%3Ab%2Fc%3F%40%21%24%27%28%29%2A%2C%3B?x=%20%26%3D%3a';
    expect(urlSpellings(BLANK, url)[1]).toBe("https://h.example/a:b/c?@!$'()*,;?x=%20%26%3D:");
  });

  it('adds the query of the call to a configured URL without one', () => {
    const call = { ...BLANK, query: 'a=1' };
    expect(urlSpellings(call, 'https://h.example/x')).toEqual(['https://h.example/x?a=1']);
    expect(urlSpellings(call, 'https://h.example/x?b=2')).toEqual(['https://h.example/x?b=2']);
    expect(urlSpellings(call, undefined)).toEqual([BLANK.url]);
  });

  it('refuses when no public URL is known', () => {
    const verifier = { preset: 'hubspot-v3', secret: 'hubspot-secret' };
    expect(told(verifier, () => ({ url: '' }), { url: '' })).toBe('bad-signature');
  });
});

describe('configuration', () => {
  const fault = (value: unknown): string => verifierFaults(value).join('\n');

  it('has no preset without a proof', () => {
    expect(fault({ preset: 'none' })).toMatch(/^preset must be one of secret-url, basic,/);
    expect(fault({})).toMatch(/^preset must be one of/);
    expect(fault({ preset: 'constructor' })).toMatch(/^preset must be one of/);
    expect(fault('basic')).toBe('must be a map');
  });

  it.each([
    [{ preset: 'basic', username: 'u' }, 'password is missing'],
    [
      { preset: 'basic', username: 'a:b', password: 'long-enough' },
      'username must not hold a colon',
    ],
    [{ preset: 'bearer', secret: 'short' }, 'secret must have at least 12 characters'],
    [{ preset: 'secret-url', pathToken: 'abc123' }, 'pathToken must be a random token'],
    [{ preset: 'secret-url', pathToken: 'a'.repeat(40) }, 'pathToken must be a random token'],
    [{ preset: 'secret-url', pathToken: '0123456789abcdef0123456' }, 'at least 128 bits'],
    [{ preset: 'close', secret: 'not hex at all' }, 'secret must be the hex text'],
    [{ preset: 'standard-webhooks', secret: 'whsec_***' }, 'secret must be the whsec_'],
    [{ preset: 'github', secret: 'long-enough', algo: 'sha1' }, 'algo is not known here (known:'],
    [{ preset: 'query', parameter: 'q', secret: 'a-static-secret' }, 'parameter must be one of'],
    [{ preset: 'ed25519', header: 'x-sig', publicKey: 'abc' }, 'publicKey must be an Ed25519'],
    [
      {
        preset: 'basic',
        username: 'u',
        password: 'long-enough',
        expect: [{ path: 'a..b', equals: 1 }],
      },
      'expect[0].path is not a path',
    ],
  ])('names the fault of %j', (value, sentence) => {
    expect(fault(value)).toContain(sentence);
  });

  it.each([
    [{ template: ['timestamp'] }, 'template must hold "body"'],
    [{ template: ['body', 'body'] }, 'must not name a part twice'],
    [{ tsHeader: 'x-t' }, 'a time that is not signed proves nothing'],
    [{ template: ['timestamp', 'body'] }, 'tsHeader or pairs must say where it is'],
    [{ template: ['id', 'body'] }, 'template "id" and idHeader belong together'],
    [{ toleranceSec: 60 }, 'toleranceSec need tsHeader or pairs'],
    [{ key: 'hex' }, 'secret must be hex digits'],
    [{ key: 'base64' }, 'secret must be padded base64'],
    [{ template: ['body', 'cookie'] }, 'template[1] must be one of method, url'],
    [{ alg: 'md5' }, 'alg must be one of sha256, sha1, sha512'],
    [{ header: 'x sig' }, 'header must be the name of a header'],
  ])('finds the contradiction in hmac %j', (more, sentence) => {
    expect(fault({ preset: 'hmac', secret: 'long-enough!', header: 'x-sig', ...more })).toContain(
      sentence,
    );
  });

  it('lists every fault of the structure at once, under the path of the account', () => {
    const checked = checkSettings(
      CrmCredentials,
      { verifier: { preset: 'basic', username: 'a:b', password: 'x', realm: 'r' } },
      'accounts[0].credentials',
    );
    expect(
      checked.ok ? [] : checked.faults.map(({ path, rule }) => [path, rule.split('; ').length]),
    ).toEqual([['accounts[0].credentials.verifier', 3]]);
  });

  it('names every secret, also of a broken value', () => {
    const secrets = verifierSecrets({
      preset: '?',
      secret: 's1',
      password: 's2',
      pathToken: 's3',
      requiredHeader: { name: 'x', value: 's4' },
      username: 'no secret',
    });
    expect(secrets).toEqual(['s1', 's2', 's3', 's4']);
    expect(verifierSecrets(null)).toEqual([]);
  });

  it('lets nothing through with a verifier that is not valid', () => {
    expect(told({ preset: 'basic', username: 'u', password: 'x' })).toBe('bad-signature');
    expect(told({ preset: 'none' })).toBe('bad-signature');
  });
});
