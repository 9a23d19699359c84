import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseXml } from './xml.js';

const parse = (text: string) => parseXml(Buffer.from(text, 'utf8'));

describe('parseXml', () => {
  it('reads elements, attributes and lists, prefixes dropped', () => {
    expect(parse('<s:a xmlns:s="urn:x"><b id="7">one</b><b>two</b><c/></s:a>')).toEqual({
      ok: true,
      value: { a: expect.objectContaining({ b: [{ '#text': 'one', '@id': '7' }, 'two'], c: '' }) },
    });
  });

  it('never turns ids into numbers', () => {
    expect(
      parse('<a><id>007</id><big>12345678901234567890</big><t>true</t><e>1e5</e></a>'),
    ).toEqual({
      ok: true,
      value: { a: { id: '007', big: '12345678901234567890', t: 'true', e: '1e5' } },
    });
  });

  it('resolves the five entities and character references once, others never', () => {
    expect(parse('<a>&lt;b&gt; &amp;amp; &#65;&#xD800;&#x20AC; &other;</a>')).toEqual({
      ok: true,
      value: { a: '<b> &amp; A€ &other;' },
    });
  });

  it.each([
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<!doctype a SYSTEM "file:///etc/passwd"><a/>',
    '<a><!ENTITY x SYSTEM "http://a.example/"></a>',
    '<a>',
    '<a></b>',
    'no xml',
    '   ',
    '{"a":1}',
  ])('refuses %s', (text) => {
    expect(parse(text)).toEqual({ ok: false, fault: 'malformed' });
  });

  it('refuses emptiness, depth, crowds and bytes that are no UTF-8', () => {
    expect(parse('')).toEqual({ ok: false, fault: 'empty' });
    expect(parse('<a>'.repeat(32) + '</a>'.repeat(32)).ok).toBe(true);
    expect(parse('<a>'.repeat(33) + '</a>'.repeat(33))).toEqual({ ok: false, fault: 'too-deep' });
    expect(parse('<a>'.repeat(100_000))).toEqual({ ok: false, fault: 'too-deep' });
    expect(parse(`<a>${'<b/>'.repeat(6000)}</a>`)).toEqual({ ok: false, fault: 'too-deep' });
    expect(parseXml(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toEqual({
      ok: false,
      fault: 'malformed',
    });
  });

  it.each([
    ['tags that never end', '<a'.repeat(500_000)],
    ['brackets only', '<'.repeat(1_000_000)],
    ['a comment that never ends', `<a><!--${'-'.repeat(900_000)}</a>`],
    ['character data that never ends', `<a><![CDATA[${']'.repeat(900_000)}</a>`],
    ['instructions that never end', '<?'.repeat(400_000)],
  ])('refuses %s without reading them', (_name, text) => {
    expect(parse(text)).toEqual({ ok: false, fault: 'malformed' });
  });

  it.each([
    ['tags that all end at the last byte', `${'<a'.repeat(500_000)}>`],
    ['comments', `<a>${'<!---->'.repeat(140_000)}</a>`],
    ['character data', `<a>${'<![CDATA[]]>'.repeat(80_000)}</a>`],
    ['a long name', `<${'a'.repeat(900_000)}/>`],
    ['a name of prefixes', `<${'a:'.repeat(400_000)}/>`],
    ['blanks in a tag', `<a ${' '.repeat(900_000)}/>`],
    ['attributes', `<a ${'b="c" '.repeat(150_000)}/>`],
    ['attributes without values', `<a ${'b '.repeat(400_000)}/>`],
  ])('refuses %s without reading them', (_name, text) => {
    expect(parse(text)).toEqual({ ok: false, fault: 'too-deep' });
  });

  it('pollutes no prototype', () => {
    expect(
      typeof parse('<a><__proto__><admin>1</admin></__proto__><constructor>x</constructor></a>').ok,
    ).toBe('boolean');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '<',
            '>',
            '</',
            '/>',
            '<?',
            '<!',
            '<![CDATA[',
            ']]>',
            '<!--',
            '-->',
            '&',
            ';',
            '=',
            '"',
            'a',
            ' ',
          ),
        }),
        (text) => {
          expect(typeof parse(text).ok).toBe('boolean');
        },
      ),
    );
  });
});
