import { describe, expect, it } from '@jest/globals';
import { credentials } from './fixtures/seal.js';
import plugin from './index.js';
import { HotmartCredentials } from './settings.js';

const token = String(credentials['hottok']);
const ours = Object.assign(new HotmartCredentials(), { hottok: token });

const ask = (body: object, headers: Readonly<Record<string, string>> = {}, by = ours): unknown =>
  plugin.verify(
    {
      method: 'POST',
      url: '',
      pathToken: '',
      query: '',
      headers,
      body: Buffer.from(JSON.stringify(body)),
      receivedAt: 0,
    },
    by,
    [],
  );

describe('hotmart token', () => {
  it('is never part of the payload, wherever it came', () => {
    for (const verdict of [
      ask({ event: 'X', hottok: token }),
      ask({ event: 'X', hottok: token }, { 'x-hotmart-hottok': token }),
    ]) {
      expect(verdict).toMatchObject({ ok: true, payload: { event: 'X' } });
      expect(JSON.stringify(verdict)).not.toContain(token);
    }
    const stored = { method: 'POST', query: '', headers: {} };
    const body = Buffer.from(JSON.stringify({ event: 'X', hottok: token }));
    expect(plugin.reopen?.({ ...stored, body })).toEqual({ event: 'X' });
  });

  it('in the header goes before one in the body', () => {
    const verdict = ask({ event: 'X', hottok: token }, { 'x-hotmart-hottok': 'wrong' });
    expect(verdict).toEqual({ ok: false, reason: 'bad-token' });
  });

  it('fails closed when none is configured', () => {
    const nobody = Object.assign(new HotmartCredentials(), { hottok: '' });
    expect(ask({ event: 'X', hottok: '' }, {}, nobody)).toEqual({
      ok: false,
      reason: 'missing-signature',
    });
    expect(ask({ event: 'X' }, { 'x-hotmart-hottok': 'x' }, nobody)).toEqual({
      ok: false,
      reason: 'bad-token',
    });
  });
});
