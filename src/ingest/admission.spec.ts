import { describe, expect, it } from '@jest/globals';
import type { SourcePlugin } from '../contract/index.js';
import { toySource } from '../../test/journey/toys.js';
import { admission, BODY_LIMIT } from './admission.js';

const source = (more: Partial<SourcePlugin> = {}): SourcePlugin => ({
  ...(toySource as unknown as SourcePlugin),
  ...more,
});

interface Asked {
  readonly of?: Partial<SourcePlugin>;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly bytes?: number;
  readonly query?: number;
}

const status = ({ of, method = 'POST', headers = {}, bytes = 10, query = 0 }: Asked) =>
  admission(source(of), method, headers, bytes, query)?.status;

const type = (value: string) => ({ 'content-type': value });

describe('admission', () => {
  it.each<[string, Asked, number | undefined]>([
    ['the usual', { headers: type('application/json') }, undefined],
    ['a charset', { headers: type('Application/JSON; charset=utf-8') }, undefined],
    ['a form', { headers: type('application/x-www-form-urlencoded') }, undefined],
    ['XML of a vendor', { headers: type('application/vnd.x+xml') }, undefined],
    ['text', { headers: type('text/plain') }, undefined],
    ['no type', {}, undefined],
    ['an image', { headers: type('image/png') }, 415],
    ['a type that only begins well', { headers: type('application/jsonx') }, 415],
    ['multipart', { headers: type('multipart/form-data; boundary=x') }, 415],
    [
      'multipart where the network sends it',
      {
        headers: type('multipart/form-data; boundary=x'),
        of: { contentTypes: ['multipart/form-data'] },
      },
      undefined,
    ],
    ['an odd type without a body', { headers: type('image/png'), bytes: 0 }, undefined],
    ['another method', { method: 'PUT' }, 405],
    [
      'another method that the network uses',
      { method: 'PUT', of: { methods: ['PUT'] } },
      undefined,
    ],
    ['a packed body', { headers: { 'content-encoding': 'gzip' } }, 415],
    ['a body that is not packed', { headers: { 'content-encoding': ' Identity ' } }, undefined],
    ['the largest body', { bytes: BODY_LIMIT }, undefined],
    ['a larger body', { bytes: BODY_LIMIT + 1 }, 413],
    ['a body as large as the source allows', { bytes: 9, of: { bodyLimit: 9 } }, undefined],
    ['a body larger than that', { bytes: 10, of: { bodyLimit: 9 } }, 413],
    ['a long query', { query: 16_385 }, 413],
  ])('of %s', (_name, asked, wanted) => {
    expect(status(asked)).toBe(wanted);
  });

  it('says which methods are allowed, and which encoding', () => {
    const allowed = admission(source({ methods: ['POST', 'GET'] }), 'PATCH', {}, 0, 0);
    expect(allowed?.headers).toMatchObject({ allow: 'POST, GET' });
    const packed = admission(source(), 'POST', { 'content-encoding': 'br' }, 1, 0);
    expect(packed?.headers).toMatchObject({ 'accept-encoding': 'identity' });
  });
});
