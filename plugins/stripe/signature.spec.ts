import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { notificationOf } from './fixtures/notification.js';
import { parseSignatureHeader, signatureFault } from './signature.js';

const SECRET = 'whsec_spec';
const T = 1_795_168_800;
const BODY = Buffer.from('{"a":1}\n');
const sign = (t: string, body = BODY): string =>
  createHmac('sha256', SECRET).update(`${t}.`).update(body).digest('hex');
const hex = 'ab'.repeat(32);

const faultOf = (header: string | undefined, receivedAt = T * 1000, body = BODY): unknown =>
  signatureFault(
    notificationOf(
      { headers: header === undefined ? {} : { 'stripe-signature': header }, body },
      receivedAt,
    ),
    SECRET,
  );

describe('Stripe-Signature header', () => {
  it('reads timestamp and signatures, and skips other schemes', () => {
    const parsed = parseSignatureHeader(`t=${T},v1=${hex},v0=junk,v2=later,v1=${'cd'.repeat(32)}`);
    expect(parsed?.timestamp).toBe(String(T));
    expect(parsed?.signatures.map((one) => one.toString('hex'))).toEqual([hex, 'cd'.repeat(32)]);
  });

  it.each([
    ['no timestamp', `v1=${hex}`],
    ['no v1', `t=${T},v0=${hex}`],
    ['timestamp with a sign', `t=+${T},v1=${hex}`],
    ['timestamp with a fraction', `t=${T}.5,v1=${hex}`],
    ['timestamp in hex', `t=0x6b,v1=${hex}`],
    ['timestamp with a blank', `t= ${T},v1=${hex}`],
    ['empty timestamp', `t=,v1=${hex}`],
    ['two timestamps', `t=${T},t=${T},v1=${hex}`],
    ['two headers joined', `t=${T},v1=${hex}, t=${T},v1=nonsense`],
    ['short signature', `t=${T},v1=${hex.slice(2)}`],
    ['long signature', `t=${T},v1=${hex}00`],
    ['signature that is no hex', `t=${T},v1=${'zz'.repeat(32)}`],
    ['six signatures', `t=${T}${`,v1=${hex}`.repeat(6)}`],
    ['endless header', `t=${T},v1=${hex},x=${'y'.repeat(1024)}`],
    ['prose', 'Bearer nothing'],
  ])('refuses %s', (_what, header) => {
    expect(parseSignatureHeader(header)).toBeUndefined();
  });

  it('takes five signatures, not one more', () => {
    expect(parseSignatureHeader(`t=${T}${`,v1=${hex}`.repeat(5)}`)?.signatures).toHaveLength(5);
  });
});

describe('Stripe signature', () => {
  const good = `t=${T},v1=${sign(String(T))}`;

  it('holds for the right bytes, whichever of the signatures matches', () => {
    expect(faultOf(good)).toBeUndefined();
    expect(faultOf(`t=${T},v1=${hex},v1=${sign(String(T))}`)).toBeUndefined();
    expect(faultOf(`t=${T},v1=${sign(String(T))},v1=${hex}`)).toBeUndefined();
  });

  it('signs the timestamp as text: leading zeros are other bytes', () => {
    expect(faultOf(`t=0${T},v1=${sign(String(T))}`)).toBe('bad-signature');
    expect(faultOf(`t=0${T},v1=${sign(`0${T}`)}`)).toBeUndefined();
  });

  it('signs raw bytes: a body that is not UTF-8 is not re-encoded', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(faultOf(`t=${T},v1=${sign(String(T), bytes)}`, T * 1000, bytes)).toBeUndefined();
  });

  it('does not hold for a v0 of the right value', () => {
    expect(faultOf(`t=${T},v0=${sign(String(T))},v1=${hex}`)).toBe('bad-signature');
  });

  it('tells absence from falseness', () => {
    expect(faultOf(undefined)).toBe('missing-signature');
    expect(faultOf('')).toBe('missing-signature');
    expect(faultOf('t=1')).toBe('bad-signature');
  });

  it.each([
    ['300 s old', 300_000, undefined],
    ['300 s early', -300_000, undefined],
    ['301 s old', 300_001, 'stale'],
    ['301 s early', -300_001, 'stale'],
  ])('%s', (_what, offset, fault) => {
    expect(faultOf(good, T * 1000 + offset)).toBe(fault);
  });

  it('says bad-signature, not stale, about old forgeries', () => {
    expect(faultOf(`t=${T},v1=${hex}`, T * 1000 + 9_000_000)).toBe('bad-signature');
  });
});
