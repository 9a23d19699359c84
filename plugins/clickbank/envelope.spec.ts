import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyOf, openEnvelope } from './envelope.js';
import { credentials, encrypt } from './fixtures/seal.js';
import { notificationOf } from './fixtures/notification.js';
import plugin from './index.js';

const SECRET = credentials.secretKey;
const MESSAGE = {
  transactionTime: '20261120T015500-0800',
  transactionType: 'SALE',
  receipt: 'WXYZ1234',
  vendor: 'mystore',
  role: 'VENDOR',
  note: 'a text long enough to fill some blocks of sixteen bytes, so that flips have room',
};
const sealed = (text: string | Buffer): { notification: string; iv: string } =>
  encrypt(Buffer.isBuffer(text) ? text : Buffer.from(text), SECRET);
const reasonOf = (body: Buffer): unknown => {
  const verdict = plugin.verify(notificationOf({ headers: {}, body }), credentials, []);
  return verdict.ok ? 'accepted' : verdict.reason;
};
const sent = (envelope: object): unknown => reasonOf(Buffer.from(JSON.stringify(envelope)));

/** The plaintext as it is, without padding of ours. */
function unpadded(blocks: Buffer): { notification: string; iv: string } {
  const iv = Buffer.from('0123456789ABCDEF');
  const aes = createCipheriv('aes-256-cbc', keyOf(SECRET), iv).setAutoPadding(false);
  const notification = Buffer.concat([aes.update(blocks), aes.final()]).toString('base64');
  return { notification, iv: iv.toString('base64') };
}

describe('the key', () => {
  it('is 32 hex digits of SHA-1 as ASCII, not decoded', () => {
    expect(keyOf('abc').toString('latin1')).toBe('a9993e364706816aba3e25717850c26c');
  });
});

describe('opening an envelope', () => {
  it('gives the message', () => {
    expect(openEnvelope(sealed(JSON.stringify(MESSAGE)), SECRET)).toEqual(MESSAGE);
  });

  it('strips control bytes and blanks of old padding at both ends', () => {
    const padded = `\u0000\t ${JSON.stringify(MESSAGE)} \u0004\u0004\u0000`;
    expect(openEnvelope(sealed(padded), SECRET)).toEqual(MESSAGE);
  });

  it.each([
    ['another secret', sealed(JSON.stringify(MESSAGE)), 'OTHERKEY00000001'],
    ['text that is no JSON', sealed('receipt=1'), SECRET],
    ['JSON that is no message', sealed('{"transactionType":"SALE"}'), SECRET],
    ['a list', sealed(JSON.stringify([MESSAGE])), SECRET],
    ['a type in prose', sealed(JSON.stringify({ ...MESSAGE, transactionType: 'a sale' })), SECRET],
    ['no vendor', sealed(JSON.stringify({ ...MESSAGE, vendor: '' })), SECRET],
    ['nothing', sealed(''), SECRET],
    ['sixty levels', sealed(`{"transactionTime":${'['.repeat(60)}`), SECRET],
    ['a padding of zero', unpadded(Buffer.alloc(16, 0)), SECRET],
    ['a padding of seventeen', unpadded(Buffer.alloc(32, 17)), SECRET],
    ['an uneven padding', unpadded(Buffer.from(`${' '.repeat(14)}\u0002\u0003`)), SECRET],
  ])('refuses %s', (_what, envelope, secret) => {
    expect(openEnvelope(envelope, secret)).toBeUndefined();
  });

  it('wants a right padding even where the text without it would do', () => {
    const text = JSON.stringify(MESSAGE);
    const blocks = Buffer.from(text.padEnd(Math.ceil(text.length / 16) * 16, ' '));
    expect(openEnvelope(unpadded(blocks), SECRET)).toBeUndefined();
  });

  it('refuses text that is not UTF-8, where a lenient decoder would put a mark', () => {
    const text = Buffer.from(JSON.stringify({ ...MESSAGE, note: 'XX' }));
    const at = text.indexOf('XX');
    text[at] = 0xc3;
    text[at + 1] = 0x28;
    expect(openEnvelope(sealed(text), SECRET)).toBeUndefined();
    expect(JSON.parse(text.toString('utf8'))).toMatchObject({ receipt: 'WXYZ1234' });
  });

  it('reads base64 strictly', () => {
    const { notification, iv } = sealed(JSON.stringify(MESSAGE));
    for (const bad of [
      `${notification}=`,
      `*${notification}`,
      notification.replace(/.$/, ''),
      ` ${notification}`,
      '',
    ]) {
      expect(openEnvelope({ notification: bad, iv }, SECRET)).toBeUndefined();
    }
    for (const bad of [`${iv}AAAA`, iv.slice(4), iv.replace('==', ''), '']) {
      expect(openEnvelope({ notification, iv: bad }, SECRET)).toBeUndefined();
    }
  });
});

describe('altered ciphertext', () => {
  const whole = sealed(JSON.stringify(MESSAGE));
  const bytes = Buffer.from(whole.notification, 'base64');
  const iv = Buffer.from(whole.iv, 'base64');
  const flipped = (source: Buffer, bit: number): string => {
    const copy = Buffer.from(source);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy.toString('base64');
  };

  it('no single flipped bit of ciphertext or IV opens', () => {
    const opened: string[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      if (openEnvelope({ ...whole, notification: flipped(bytes, bit) }, SECRET))
        opened.push(`text ${bit}`);
    }
    for (let bit = 0; bit < iv.length * 8; bit += 1) {
      if (openEnvelope({ ...whole, iv: flipped(iv, bit) }, SECRET)) opened.push(`iv ${bit}`);
    }
    expect(opened).toEqual([]);
  });

  it('no dropped block opens', () => {
    const blocks = bytes.length / 16;
    for (let at = 0; at < blocks; at += 1) {
      const rest = Buffer.concat([bytes.subarray(0, at * 16), bytes.subarray((at + 1) * 16)]);
      expect(
        openEnvelope({ ...whole, notification: rest.toString('base64') }, SECRET),
      ).toBeUndefined();
    }
  });

  it('is refused with one word, whatever was wrong', () => {
    const { notification, iv: sealedIv } = whole;
    const reasons = [
      sent({ notification: flipped(bytes, bytes.length * 8 - 1), iv: sealedIv }),
      sent({ notification: flipped(bytes, 200), iv: sealedIv }),
      sent({ notification, iv: flipped(iv, 3) }),
      sent({ notification: 'no base64', iv: sealedIv }),
      sent(sealed('{"other":1}')),
      sent({ notification }),
      reasonOf(Buffer.from('{"notification":"')),
      reasonOf(Buffer.from([0xff, 0xfe])),
      reasonOf(Buffer.from('a=b')),
    ];
    expect(new Set(reasons)).toEqual(new Set(['undecipherable']));
  });
});

describe('which body it is', () => {
  const envelope = sealed(JSON.stringify(MESSAGE));

  it('is told by content, whatever the content type says', () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json',
      '',
    ]) {
      const body = Buffer.from(JSON.stringify(envelope));
      expect(
        plugin.verify(notificationOf({ headers: { 'content-type': type }, body }), credentials, [])
          .ok,
      ).toBe(true);
    }
  });

  it('may be a form, with or without escaped plus signs', () => {
    const raw = `iv=${envelope.iv}&notification=${envelope.notification}`;
    expect(reasonOf(Buffer.from(new URLSearchParams(envelope).toString()))).toBe('accepted');
    expect(reasonOf(Buffer.from(raw))).toBe('accepted');
    expect(reasonOf(Buffer.from(`${raw}&iv=${envelope.iv}`))).toBe('duplicate-keys');
  });

  it('is nothing when it is empty', () => {
    expect(reasonOf(Buffer.alloc(0))).toBe('empty');
  });
});
