import { describe, expect, it } from '@jest/globals';
import { parseSignatureHeader, signatureFault } from './signature.js';

/** Computed with Python's hmac module. */
const SECRET = 'pdl_ntfset_sample_1';
const H1 = '83955ef841c75d388b42486fa39753a04a51850ab075d1a52bb91fce8157453b';
const BODY = '{"event_type":"transaction.ready","data":{"note":"größer"}}';
const AT = 1_763_632_800;

const fault = (header: string | undefined, secret = SECRET): string | undefined =>
  signatureFault(
    {
      method: 'POST',
      url: '',
      pathToken: '',
      query: '',
      headers: { 'paddle-signature': header },
      body: Buffer.from(BODY, 'utf8'),
      receivedAt: AT * 1000,
    },
    secret,
  );

describe('paddle signature', () => {
  it.each([
    `ts=${AT};h1=${H1}`,
    `ts=${AT};h1=${'0'.repeat(64)};h1=${H1}`,
    `ts=${AT};h1=${H1};h1=${'0'.repeat(64)}`,
    `ts=${AT};h2=whatever;h1=${H1.toUpperCase()}`,
  ])('accepts %s', (header) => expect(fault(header)).toBeUndefined());

  it.each([
    `ts=${AT + 1};h1=${H1}`,
    `ts=${AT};h2=${H1}`,
    `ts=${AT};ts=${AT};h1=${H1}`,
    `ts=${AT};h1=${H1}, ts=${AT};h1=${H1}`,
    `ts=0${AT};h1=${H1}`,
    `h1=${H1}`,
    `ts=${AT}`,
    `ts=${AT};h1=${H1.slice(2)}`,
  ])('refuses %s', (header) => expect(fault(header)).toBe('bad-signature'));

  it('fails closed without a secret or a header', () => {
    expect(fault(`ts=${AT};h1=${H1}`, '')).toBe('bad-signature');
    expect(fault(undefined)).toBe('missing-signature');
    expect(fault('')).toBe('missing-signature');
  });

  it('takes five signatures and no more', () => {
    const many = (count: number): string => `ts=1${`;h1=${H1}`.repeat(count)}`;
    expect(parseSignatureHeader(many(5))?.signatures).toHaveLength(5);
    expect(parseSignatureHeader(many(6))).toBeUndefined();
  });
});
