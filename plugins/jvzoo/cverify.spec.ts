import { describe, expect, it } from '@jest/globals';
import { cverifyV1, cverifyV2 } from './cverify.js';
import plugin from './index.js';
import { JvzooCredentials } from './settings.js';

/** The expected hashes were computed with Python's hashlib. */
describe('jvzoo cverify', () => {
  it('v1 hashes all values by name, whatever their order', () => {
    const form = [
      ['ctranstime', '100'],
      ['cverify', 'ignored'],
      ['cprodtitle', 'Größe & mehr'],
      ['ctransreceipt', 'RNQ1'],
      ['ccustemail', 'a@example.org'],
    ] as const;
    expect(cverifyV1(form, 'geheim')).toBe('409FE1FC');
  });

  it('v2 hashes five fields in its own order, absent ones empty', () => {
    const fields = {
      date: '2026-11-20 04:59:30',
      total: '47.00',
      transaction_type: 'SALE',
      product_name: 'Größe',
      customer_email: 'a@example.org',
      paykey: 'AP-1',
    };
    expect(cverifyV2(fields, 'geheim')).toBe('4506E047');
    expect(cverifyV2({ paykey: 'AP-1', transaction_type: 'SALE' }, 'geheim')).toBe('37B85E37');
  });

  it('fails closed without a secret', () => {
    const body = 'ctransaction=SALE&ctransreceipt=R1&cverify=00000000';
    const verdict = plugin.verify(
      {
        method: 'POST',
        url: '',
        pathToken: '',
        query: '',
        headers: {},
        body: Buffer.from(body),
        receivedAt: 0,
      },
      Object.assign(new JvzooCredentials(), { secretKey: '' }),
      [],
    );
    expect(verdict).toEqual({ ok: false, reason: 'bad-signature' });
  });
});
