import { describe, expect, it } from '@jest/globals';
import { acknowledge, probe } from './acknowledge.js';
import { documentOf } from './document.js';
import type { Notification } from '#contract';

const post = (body: string | Buffer, type?: string) =>
  documentOf({
    method: 'POST',
    query: 'ignored=1',
    headers: { 'content-type': type },
    body: Buffer.from(body),
  });

const get = (query: string) =>
  documentOf({ method: 'GET', query, headers: {}, body: Buffer.alloc(0) });

const ok = (value: unknown) => ({ ok: true, value });
const fault = (name: string) => ({ ok: false, fault: name });

describe('which parser reads a body', () => {
  it('is decided by the first byte, then by the declared type', () => {
    expect(post('{"a":1}', 'application/x-www-form-urlencoded')).toEqual(ok({ a: 1 }));
    expect(post(' \r\n[1]', 'text/plain')).toEqual(ok([1]));
    expect(post('\ufeff{"a":1}')).toEqual(ok({ a: 1 }));
    expect(post('<a>1</a>', 'application/json')).toEqual(ok({ a: '1' }));
    expect(post('a=1', 'text/plain')).toEqual(ok({ a: '1' }));
    expect(post('a=1')).toEqual(ok({ a: '1' }));
    expect(post('"text"', 'application/json; charset=utf-8')).toEqual(fault('malformed'));
    expect(post('12', 'application/problem+json')).toEqual(fault('malformed'));
  });

  it('refuses what is empty, broken or too deep', () => {
    expect(post('')).toEqual(fault('empty'));
    expect(post(' \n\t')).toEqual(fault('empty'));
    expect(post('{"a":')).toEqual(fault('malformed'));
    expect(post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toEqual(fault('malformed'));
    expect(post('['.repeat(33))).toEqual(fault('too-deep'));
    expect(post('a=%zz')).toEqual(fault('malformed'));
  });
});

describe('form fields', () => {
  it('keep their literal names; repeated ones become a list', () => {
    expect(post('deal[id]=7&tags[]=a&tags[]=b&x')).toEqual(
      ok({ 'deal[id]': '7', 'tags[]': ['a', 'b'], x: '' }),
    );
  });

  it('cannot reach a prototype', () => {
    const parsed = post('__proto__=x&constructor[prototype][admin]=1');
    expect(parsed.ok && Object.keys(Object(parsed.value))).toEqual([
      '__proto__',
      'constructor[prototype][admin]',
    ]);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it('come from the query of a GET, without what may be a secret there', () => {
    expect(get('id=1&waybill_key=s3cret&secret=x&code=SPRING')).toEqual(
      ok({ id: '1', code: 'SPRING' }),
    );
    expect(get('waybill_key=s3cret')).toEqual(fault('empty'));
    expect(get('')).toEqual(fault('empty'));
  });
});

describe('XML', () => {
  const expansion = (levels: number): string =>
    Array.from({ length: levels }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join(
      '',
    );

  it.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an expansion bomb', `<!DOCTYPE a [<!ENTITY e0 "x">${expansion(9)}]><a>&e9;</a>`],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'],
    ['a lower-case document type', '<!doctype a><a/>'],
    ['unclosed tags', '<a><b>'],
    ['two roots of text', '<a/>tail<'],
  ])('refuses %s', (_what, body) => {
    expect(post(body, 'text/xml')).toEqual(fault('malformed'));
  });

  it('refuses depth and size before parsing, in well under a second', () => {
    const started = performance.now();
    const verdicts = [
      post('<a>'.repeat(100_000)),
      post(`<r>${'<a/>'.repeat(60_000)}</r>`),
      post('<a'.repeat(200_000)),
      post(`<a ${'b="" '.repeat(80_000)}`),
    ].map((parsed) => parsed.ok);
    expect(verdicts).toEqual([false, false, false, false]);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('keeps values as text and resolves predefined entities only', () => {
    expect(post('<r><id>0012300000000001</id><n>1e5</n><t>a &amp; b &x;</t></r>')).toEqual(
      ok({ r: { id: '0012300000000001', n: '1e5', t: 'a & b &x;' } }),
    );
  });
});

describe('answers', () => {
  const call = (change: Partial<Notification>): Notification => ({
    method: 'POST',
    url: '',
    pathToken: '',
    query: '',
    headers: {},
    body: Buffer.alloc(0),
    receivedAt: 0,
    ...change,
  });

  it('acknowledges with JSON, and a Salesforce Outbound Message with its SOAP Ack', () => {
    expect(acknowledge(call({ body: Buffer.from('{}') })).body).toBe('{"ok":true}');
    const soap = '<notifications xmlns="http://soap.sforce.com/2005/09/outbound"/>';
    expect(acknowledge(call({ body: Buffer.from(soap) })).body).toContain('<Ack>true</Ack>');
  });

  it('answers probes that carry no data, and nothing else', () => {
    const probes = [
      call({ method: 'GET' }),
      call({ method: 'HEAD' }),
      call({ body: Buffer.from('webhook_id=42') }),
    ];
    expect(probes.map((one) => probe(one)?.status)).toEqual([200, 200, 200]);
    const others = [
      call({ method: 'GET', query: 'id=1' }),
      call({}),
      call({ body: Buffer.from('webhook_id=42&total=1') }),
      call({ method: 'PUT', body: Buffer.from('webhook_id=42') }),
    ];
    expect(others.map(probe)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
