import { describe, expect, it } from '@jest/globals';
import { faultsOf, GOOD, linesOf, load } from './toys.spec-kit.js';

const account = (rest: string): string => `accounts:\n  - id: main\n    source: shop\n${rest}`;
const ROTATING = account(`    credentials:
      - { vendor: mystore, secretKey: new_secret, notBefore: 2026-11-20 }
      - { vendor: mystore, secretKey: old_secret, notAfter: "2026-12-01T00:00:00+01:00", id: y2025 }
      - { vendor: mystore, secretKey: oldest_secret }
`);

describe('accounts', () => {
  it('take several credentials while a secret is changed, newest first', async () => {
    const config = await load(ROTATING);
    const shown = config.account('main')?.credentials.map(({ value: _value, ...rest }) => rest);
    expect(shown).toEqual([
      { id: 'current', notBefore: Date.UTC(2026, 10, 20) },
      { id: 'y2025', notAfter: Date.UTC(2026, 10, 30, 23) },
      { id: 'previous-2' },
    ]);
  });

  it('have the URL that the network calls', async () => {
    const env = { WAYBILL_PUBLIC_URL: 'https://hooks.example.com/' };
    const own = GOOD.replace(
      'source: shop',
      'source: shop\n    publicUrl: https://edge.example/cb/',
    );
    expect((await load(GOOD, { env })).account('main')?.publicUrl).toBe(
      'https://hooks.example.com/in/shop/main',
    );
    expect((await load(own, { env })).account('main')?.publicUrl).toBe('https://edge.example/cb');
  });

  it('can be for tests only', async () => {
    const config = await load(GOOD.replace('source: shop', 'source: shop\n    test: "true"'));
    expect(config.account('main')?.test).toBe(true);
  });

  const credentials = '    credentials: { vendor: a, secretKey: abcd }\n';
  it.each([
    ['accounts:\n  - source: shop\n' + credentials, 'accounts[0].id: is required'],
    [account(credentials).replace('main', 'a b'), 'accounts[0].id: must be 1 to 64 letters'],
    [
      account(credentials).replace('main', 'x'.repeat(65)),
      'accounts[0].id: must be 1 to 64 letters',
    ],
    [
      account(credentials) + '  - id: MAIN\n    source: shop\n' + credentials,
      'accounts[1].id: is already the id of accounts[0]',
    ],
    [
      account(credentials).replace('source: shop', 'sorce: shop'),
      'accounts[0].source: is required',
    ],
    [
      account(credentials).replace('source: shop', 'sorce: shop'),
      'accounts[0].sorce: is not a setting; did you mean "source"?',
    ],
    [
      account(credentials).replace('shop', 'stripe'),
      'accounts[0].source: names no source plugin; known: shop, crm',
    ],
    [account(''), 'accounts[0].credentials.secretKey: is required (Secret key)'],
    [
      account('    credentials: { vendor: a, secretkey: abcd }\n'),
      'accounts[0].credentials.secretkey: is not a setting; did you mean "secretKey"?',
    ],
    [
      account('    credentials: { vendor: [], secretKey: abcd }\n'),
      'accounts[0].credentials.vendor: must be a string',
    ],
    [
      account('    credentials: { vendor: a, secretKey: abc }\n'),
      'accounts[0].credentials.secretKey: must be longer than or equal to 4 characters',
    ],
    [account('    credentials: []\n'), 'accounts[0].credentials: must hold at least one'],
    [account('    credentials: [1]\n'), 'accounts[0].credentials[0]: must be a map'],
    [
      account('    credentials:\n' + '      - { vendor: a, secretKey: abcd }\n'.repeat(6)),
      'accounts[0].credentials: must hold at most 5',
    ],
    [
      ROTATING.replace('id: y2025', 'id: current'),
      'accounts[0].credentials[1].id: is already the id of accounts[0].credentials[0]',
    ],
    [
      ROTATING.replace('2026-11-20', 'yesterday'),
      'accounts[0].credentials[0].notBefore: must be a date',
    ],
    [
      ROTATING.replace('2026-11-20 }', '2026-11-20, notAfter: 2026-11-19 }'),
      'accounts[0].credentials[0].notAfter: must be later',
    ],
    [
      account(credentials + '    settings: { zon: UTC }\n'),
      'accounts[0].settings.zon: is not a setting; did you mean "zone"?',
    ],
    [
      account(credentials + '    settings: UTC\n'),
      'accounts[0].settings: must be a map of settings',
    ],
    [account(credentials + '    test: maybe\n'), 'accounts[0].test: must be true or false'],
    [
      account(credentials + '    publicUrl: "https://a.example/?x=1"\n'),
      'accounts[0].publicUrl: must be an absolute URL',
    ],
    [
      'accounts:\n  - id: c\n    source: crm\n    credentials: { verifier: {} }\n',
      'accounts[0].credentials.verifier: must name a preset',
    ],
  ])('fault %#', async (yaml, expected) => {
    expect(await linesOf(yaml)).toContainEqual(expect.stringContaining(expected));
  });

  it('says one sentence about a missing secret, with a reference as the example', async () => {
    expect(await faultsOf(account('    credentials: { vendor: a }\n'))).toEqual([
      {
        path: 'accounts[0].credentials.secretKey',
        rule: 'is required (Secret key)',
        example: '"${env:SECRET_KEY}"',
        where: 'waybill.yaml line 4',
      },
    ]);
  });
});
