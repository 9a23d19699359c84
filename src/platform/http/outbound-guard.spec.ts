import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { OutboundGuard } from './outbound-guard.js';
import { isPublicAddress } from './special-ranges.js';
import {
  embeddings,
  spellings,
  SPECIAL_V4_SAMPLES,
  SPECIAL_V6_SAMPLES,
} from './spellings.fixture.js';

/** Port and scheme are let through, so that only the address can be what refuses. */
const open = new OutboundGuard({ allowPrivate: [], ports: [8080], allowInsecureHttp: true });
const strict = new OutboundGuard({ allowPrivate: [] });
const lab = new OutboundGuard({ allowPrivate: ['127.0.0.0/8', '::1/128'] });

const passing = (guard: OutboundGuard, urls: readonly string[]): string[] =>
  urls.filter((url) => guard.checkUrl(url).ok);

describe('literals', () => {
  const hosts = [
    ...SPECIAL_V4_SAMPLES.flatMap(spellings),
    ...SPECIAL_V6_SAMPLES.map((address) => `[${address}]`),
  ];

  test('no spelling of a special range passes', () => {
    expect(hosts.length).toBeGreaterThan(1_500);
    const urls = hosts.flatMap((host) => [`https://${host}/x`, `http://${host}:8080/`]);
    expect(passing(open, urls)).toEqual([]);
  });

  test('all of them parse as URLs, so that the test is about addresses', () => {
    expect(hosts.filter((host) => !URL.canParse(`https://${host}/`))).toEqual([]);
  });

  test('no generated address of a special range passes in any spelling', () => {
    const special = fc
      .tuple(fc.constantFrom(...SPECIAL_V4_SAMPLES), fc.nat(255))
      .map(([sample, last]) => sample.replace(/\d+$/, String(last)))
      .filter((address) => !isPublicAddress(address));
    fc.assert(
      fc.property(special, (address) => {
        const urls = spellings(address).map((host) => `http://${host}:8080/`);
        return passing(open, urls).length === 0;
      }),
      { numRuns: 300 },
    );
    expect(isPublicAddress('10.0.0.7')).toBe(false);
  });

  test('IPv6 that carries any IPv4 address, public ones too, never passes', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => !embeddings(address).some(isPublicAddress)),
      { numRuns: 300 },
    );
    expect(isPublicAddress('8.8.8.8')).toBe(true);
  });

  it.each(['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.0', '172.32.0.1', '172.15.255.255'])(
    'public %s passes',
    (address) => expect(strict.checkUrl(`https://${address}/`)).toEqual({ ok: true }),
  );

  it.each([
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2400::1',
  ])('public %s passes', (address) =>
    expect(strict.checkUrl(`https://[${address}]/`)).toEqual({ ok: true }),
  );
});

describe('names, schemes, ports, credentials', () => {
  test('1,000 public hosts pass', () => {
    const urls = Array.from(
      { length: 1_000 },
      (_, i) => `https://t${i}.partner-${i % 7}.example/p?x=1`,
    );
    expect(passing(strict, urls)).toHaveLength(1_000);
  });

  it.each([
    'https://xn--bcher-kva.example/',
    'https://bücher.example/',
    'https://localhost.example/',
    'https://local.example:8443/',
    'https://internal.partner.example./',
    'https://metadata-api.example/',
  ])('%s passes', (url) => expect(strict.checkUrl(url)).toEqual({ ok: true }));

  it.each([
    ['https://localhost/', 'private network'],
    ['https://LOCALHOST./', 'private network'],
    ['https://a.localhost/', 'private network'],
    ['https://printer.local/', 'private network'],
    ['https://vault.internal./', 'private network'],
    ['https://ｍetadata.google.internal/', 'private network'],
    ['https://metadata.partner.example/', 'private network'],
    ['https://redis/', 'private network'],
    ['http://partner.example/', 'use https:'],
    ['https://partner.example:6379/', 'port 6379'],
    ['https://partner.example:80443/', 'absolute URL'],
    ['https://user@partner.example/', 'user name or password'],
    ['https://user:secret@partner.example/', 'user name or password'],
    ['https://:secret@partner.example/', 'user name or password'],
    ['https://partner.example@127.0.0.1/', 'user name or password'],
    ['ftp://partner.example/', 'ftp: is not allowed'],
    ['file:///etc/passwd', 'file: is not allowed'],
    ['gopher://partner.example/', 'gopher: is not allowed'],
    ['data:text/plain,x', 'data: is not allowed'],
    ['javascript:alert(1)', 'javascript: is not allowed'],
    ['unix:/run/docker.sock', 'unix: is not allowed'],
    ['//partner.example/', 'absolute URL'],
    ['/relative', 'absolute URL'],
    ['', 'absolute URL'],
    ['https://', 'absolute URL'],
    ['https://partner.example/\r\nx', 'control character'],
    ['https://partner.example/\tx', 'control character'],
    [' https://partner.example/', 'control character'],
    ['https://partner.example/\u0000', 'control character'],
  ])('%j is refused: %s', (url, why) => {
    expect(strict.checkUrl(url)).toMatchObject({
      ok: false,
      message: expect.stringContaining(why),
    });
  });

  test('no message repeats a credential or query', () => {
    for (const url of ['https://u:s3cret@h.example/?k=s3cret', 'http://h.example/?k=s3cret']) {
      expect(JSON.stringify(strict.checkUrl(url))).not.toContain('s3cret');
    }
  });

  test('own suffixes and ports', () => {
    const guard = new OutboundGuard({
      allowPrivate: [],
      ports: [9443],
      denySuffixes: ['.corp.example'],
    });
    expect(guard.checkUrl('https://x.example:9443/').ok).toBe(true);
    expect(guard.checkUrl('https://a.corp.example/').ok).toBe(false);
    expect(guard.checkUrl('https://corp.example/').ok).toBe(false);
    expect(guard.checkUrl('https://acorp.example/').ok).toBe(true);
  });
});

describe('allowed private ranges', () => {
  it.each([
    'http://127.0.0.1:41234/',
    'http://[::1]:41234/',
    'http://localhost:41234/',
    'http://0x7f.1:9/',
  ])('%s passes with loopback allowed', (url) => expect(lab.checkUrl(url)).toEqual({ ok: true }));

  it.each([
    'http://10.0.0.1:41234/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'http://0/',
  ])('%s is still refused', (url) => expect(lab.checkUrl(url).ok).toBe(false));

  test('a public literal keeps https and the port list', () => {
    expect(lab.checkUrl('http://8.8.8.8/').ok).toBe(false);
    expect(lab.checkUrl('https://8.8.8.8:9999/').ok).toBe(false);
    expect(lab.checkUrl('http://u:p@127.0.0.1/').ok).toBe(false);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0/8',
    'localhost',
    '::/129',
    '10.0.0.0/8/8',
    '',
    '10.0.0.0/',
  ])('faulty CIDR %j stops the construction', (cidr) =>
    expect(() => new OutboundGuard({ allowPrivate: [cidr] })).toThrow(RangeError),
  );

  it.each([0, 65536, 1.5])('faulty port %d stops the construction', (port) =>
    expect(() => new OutboundGuard({ allowPrivate: [], ports: [port] })).toThrow(RangeError),
  );
});
