import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { vaultResolver } from './vault.js';

describe('references to Vault', () => {
  let server: http.Server;
  let address: string;
  const asked: { url: string | undefined; token: unknown; namespace: unknown }[] = [];

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const { url, headers } = request;
      asked.push({ url, token: headers['x-vault-token'], namespace: headers['x-vault-namespace'] });
      if (headers['x-vault-token'] !== 'vault-token-1')
        return void response.writeHead(403).end('{}');
      if (url === '/v1/kv/data/shop/tap')
        return void response.end(
          JSON.stringify({
            data: { data: { apiKey: 'from-vault-1', n: 42, empty: '' }, metadata: {} },
          }),
        );
      if (url === '/v1/kv/data/html') return void response.end('<html>');
      response.writeHead(url === '/v1/kv/data/broken' ? 500 : 404).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const find = (name: string, token = 'vault-token-1', namespace: string | null = null) =>
    vaultResolver({ address, token, namespace }).find(name);

  it('are read from a KV engine of version 2, with the token and the namespace', async () => {
    expect(await find('kv/shop/tap#apiKey', 'vault-token-1', 'team')).toEqual({
      value: 'from-vault-1',
    });
    expect(asked.at(-1)).toEqual({
      url: '/v1/kv/data/shop/tap',
      token: 'vault-token-1',
      namespace: 'team',
    });
    expect(await find('kv/shop/tap#n')).toEqual({ value: '42' });
  });

  it.each([
    ['kv/shop/tap#nothing', 'no such field'],
    ['kv/shop/tap#empty', 'no such field'],
    ['kv/shop/tap#__proto__', 'no such field'],
    ['kv/missing#x', 'no such secret (404)'],
    ['kv/broken#x', 'answered 500'],
    ['kv/html#x', 'not JSON'],
  ])('%s is a sentence that says what is wrong', async (name, why) => {
    expect(await find(name)).toEqual({ rule: expect.stringContaining(why) });
  });

  it.each([
    '',
    'kv',
    'kv/x',
    'kv/../sys/seal#x',
    'kv/./x#y',
    'kv/x?list=true#y',
    'kv/a b#y',
    '/kv/x#y',
    'kv//x#y',
  ])('%p is no name and is never asked for', async (name) => {
    const before = asked.length;
    expect(await find(name)).toEqual({
      rule: expect.stringContaining('is not <mount>/<path>#<field>'),
    });
    expect(asked.length).toBe(before);
  });

  it('tell a refused token, an unreachable Vault and none at all apart, without the token', async () => {
    const refused = await find('kv/shop/tap#apiKey', 'wrong-token-1');
    const away = await vaultResolver({
      address: 'http://127.0.0.1:1',
      token: 'wrong-token-1',
      namespace: null,
    }).find('kv/x#y');
    const none = await vaultResolver(null).find('kv/x#y');
    expect([refused, away, none]).toEqual([
      { rule: expect.stringContaining('refuses the token (403)') },
      { rule: expect.stringContaining('cannot be reached (WB_HTTP_CONNECT)') },
      { rule: expect.stringContaining('VAULT_ADDR and VAULT_TOKEN are not set') },
    ]);
    expect(JSON.stringify([refused, away, none])).not.toContain('wrong-token-1');
  });
});
