import { describe, expect, it } from '@jest/globals';
import { maskForm, showBody } from './redact-body.js';

const show = (body: string | Buffer, type: string, redact: readonly string[]) =>
  showBody(Buffer.from(body), type, redact)?.data ?? null;

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM = 'application/x-www-form-urlencoded';

describe('a stored body on a screen', () => {
  it('masks a bare name wherever it stands, and a path only there, through lists', () => {
    const body =
      '{"token":"a","deep":[{"token":{"x":1}}],"buyer":{"email":"e","name":"n"},"email":"kept"}';
    expect(show(body, JSON_TYPE, ['token', 'buyer.email'])).toBe(
      '{"token":"••••••","deep":[{"token":"••••••"}],"buyer":{"email":"••••••","name":"n"},"email":"kept"}',
    );
    expect(show('[{"a":{"b":1}},{"a":[{"b":2}]}]', 'text/plain', ['a.b'])).toBe(
      '[{"a":{"b":"••••••"}},{"a":[{"b":"••••••"}]}]',
    );
  });

  it('keeps numbers to their last digit and names such as __proto__', () => {
    const body = '{"id":12345678901234567890,"price":10.00,"__proto__":{"token":"a"}}';
    expect(show(body, JSON_TYPE, ['token'])).toBe(
      '{"id":12345678901234567890,"price":10.00,"__proto__":{"token":"••••••"}}',
    );
  });

  it('masks form fields by their decoded names and leaves the rest as it came', () => {
    const body = 'a=1%20+x&sha%5Fsign=abc&SHASIGN=ff&empty&b=%zz';
    expect(show(body, FORM, ['sha_sign', 'SHASIGN'])).toBe(
      'a=1%20+x&sha%5Fsign=••••••&SHASIGN=••••••&empty&b=%zz',
    );
    expect(maskForm('key=1&keys=2', ['fields.key'])).toBe('key=••••••&keys=2');
  });

  it('masks elements and attributes of XML, with any prefix', () => {
    const body =
      '<e:Envelope><n:SessionId x="1">abc</n:SessionId><Id SessionId="q">7</Id></e:Envelope>';
    expect(show(body, 'text/xml', ['Envelope.Body.SessionId'])).toBe(
      '<e:Envelope><n:SessionId x="1">••••••</n:SessionId><Id SessionId="••••••">7</Id></e:Envelope>',
    );
  });

  it('withholds what it cannot search as soon as there is something to mask', () => {
    const unknown: [string | Buffer, string][] = [
      [
        '--x\r\ncontent-disposition: form-data; name="token"\r\n\r\nabc\r\n--x--',
        'multipart/form-data; boundary=x',
      ],
      ['{"token":"abc"', JSON_TYPE],
      [Buffer.from([0x7b, 0xff, 0x7d]), JSON_TYPE],
      ['token abc', 'text/plain'],
    ];
    for (const [body, type] of unknown)
      expect([type, show(body, type, ['token'])]).toEqual([type, null]);
  });

  it('shows everything of a plugin that names nothing: text as it is, bytes in base64', () => {
    expect(show('{"a": 1}', JSON_TYPE, [])).toBe('{"a": 1}');
    expect(showBody(Buffer.from([0xff, 0xfe]), 'x/y', [])).toEqual({
      encoding: 'base64',
      data: '//4=',
    });
    expect(show('', FORM, ['token'])).toBe('');
  });
});
