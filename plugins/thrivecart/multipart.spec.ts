import { describe, expect, it } from '@jest/globals';
import { looksMultipart, parseMultipart } from './multipart.js';

const body = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8');

const part = (name: string, value: string): string =>
  `--B1\nContent-Disposition: form-data; name="${name}"\n\n${value}\n`;

describe('thrivecart multipart', () => {
  it('reads fields in order, with line ends and dashes inside values', () => {
    const parsed = parseMultipart(
      body(`${part('customer[name]', 'Ö\nsecond --B line')}${part('empty', '')}--B1--\n`),
    );
    expect(parsed).toEqual({
      ok: true,
      value: [
        ['customer[name]', 'Ö\r\nsecond --B line'],
        ['empty', ''],
      ],
    });
  });

  it.each([
    ['no end', part('a', '1')],
    ['no parts', '--B1\n--B1--\n'],
    ['a file', '--B1\nContent-Disposition: form-data; name="f"; filename="x"\n\n1\n--B1--\n'],
    ['a part without a head', '--B1\nvalue only\n--B1--\n'],
    ['a form', 'a=1&b=2'],
    ['bytes that are no UTF-8', ''],
  ])('refuses %s', (what, text) => {
    const bytes = text === '' ? Buffer.from([0x2d, 0x2d, 0x42, 0x0d, 0x0a, 0xff]) : body(text);
    expect(parseMultipart(bytes)).toEqual({ ok: false, fault: 'malformed' });
  });

  it('refuses a flood of parts', () => {
    const parsed = parseMultipart(body(`${part('a', '1').repeat(501)}--B1--\n`));
    expect(parsed).toEqual({ ok: false, fault: 'too-deep' });
  });

  it('knows the form by its first line', () => {
    expect(looksMultipart(body('--B1\n'))).toBe(true);
    expect(looksMultipart(body('a=--B1\n'))).toBe(false);
  });
});
