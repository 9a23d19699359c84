import { describe, expect, it } from '@jest/globals';
import { checkSettings, redactSettings, secretsOf, settingsSchema } from '#contract';
import plugin from './index.js';
import { nearest } from './macro/nearest.js';
import { PostbackSettings } from './settings.js';

/** Every sentence, as the gateway asks for them: the fields first, then the whole. */
function faults(data: Readonly<Record<string, unknown>>): readonly string[] {
  const checked = checkSettings(PostbackSettings, data, 's');
  return checked.ok
    ? (plugin.lint?.(checked.value) ?? [])
    : checked.faults.map(({ path, rule }) => `${path.slice(2)} ${rule}`);
}

const HOST = 'https://t.example/p';
const post = (more: Readonly<Record<string, unknown>>) => ({ url: HOST, method: 'POST', ...more });
const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('a template with a fault is refused when it is saved', () => {
  it.each([
    ['a misspelt macro', '?cid={clik_id}', '{clik_id} is no macro; did you mean {click_id}?'],
    ['a dash for a line', '?cid={click-id}', '{click-id} is no macro; did you mean {click'],
    ['a word unlike any', '?x={wwwwwwwwww}', '{wwwwwwwwww} is no macro; the list'],
    [
      'a misspelt modifier',
      '?x={click_id|lowr}',
      '{click_id} has the unknown modifier "lowr"; did you mean lower?',
    ],
    ['a modifier alone', '?x={sha256}', '{sha256} is a modifier; write it behind a macro'],
    ['cents of a text', '?x={click_id|cents}', 'works on amount and payout only'],
    ['number without digits', '?x={payout|number}', 'needs number:n'],
    ['prefix of nothing', '?x={payout|prefix}', 'needs prefix:text'],
    ['a value where none belongs', '?x={payout|lower:1}', 'lower with a value'],
    ['an open brace', '?x={click_id', 'has a "{" that belongs to no macro'],
    ['a closing brace', '?x=click_id}', 'has a "}" that belongs to no macro'],
    ['no name', '?x={}', 'has a "{" that belongs to no macro'],
    ['a macro in a macro', '?x={{click_id}}', 'belongs to no macro'],
    ['brackets', '?cid=[clickid]', 'sends "[clickid]" as it stands'],
    ['per cent', '?cid=%CLICK_ID%', 'sends "%CLICK_ID%" as it stands'],
    ['double lines', '?cid={click_id}&x=__CLICKID__', 'sends "__CLICKID__" as it stands'],
    ['the word REPLACE', '?cid={click_id}&aff=REPLACE', 'sends "REPLACE" as it stands'],
    ['a placeholder in the path', '/[clickid]?x={payout}', 'sends "[clickid]" as it stands'],
    ['hashes', '?r=#reqid#', 'holds a #fragment'],
    ['a dollar', '?cid=${click_id}', 'set delimiters to ${x}'],
    ['a dollar in front', '?cid={click_id}&y=${payout}', 'set delimiters to ${x}'],
    ['a currency sign', '?cid={click_id}¤cy={currency}', 'holds "¤"'],
    ['an entity', '?cid={click_id}&amp;x=1', 'HTML entity'],
    ['white space', '?cid={click_id} &x=1', 'holds white space'],
    ['a line break', '?cid={click_id}\n&x=1', 'holds white space'],
    ['a backslash', '\\@evil?cid={click_id}', 'holds a backslash'],
    ['half an escape', '?cid={click_id}&x=5%', 'begins no escape'],
    ['a private character', '?cid=\ue000', 'private-use'],
  ])('%s', (_what, rest, sentence) => {
    expect(faults({ url: HOST + rest }).join('\n')).toContain(sentence);
  });

  it.each([
    ['{click_id}.example/p', 'must start with https://'],
    ['{network}://t.example/p', 'must start with https://'],
    ['ftp://t.example/p?c={click_id}', 'must start with https://'],
    ['https://{click_id}.example/p', 'holds a macro in its host'],
    ['https://t.example:{click_id}/p', 'holds a macro in its host'],
    ['https://user:pass@t.example/p', 'user name or password'],
    ['https://{click_id}@t.example/p', 'holds a macro in its host'],
    ['https://t.example:99999/p', 'impossible host or port'],
    ['https:///p', 'has no host'],
  ])('%s', (url, sentence) => {
    expect(faults({ url }).join('\n')).toContain(sentence);
  });

  it.each([
    ['#x#', `${HOST}?r=#reqidd#`, '#reqidd# is no macro; did you mean #reqid#?'],
    ['[x]', `${HOST}?r=[clik_id]`, '[clik_id] is no macro; did you mean [click_id]?'],
    ['%x%', `${HOST}?r=%clik_id%`, '%clik_id% is no macro; did you mean %click_id%?'],
    ['${x}', `${HOST}?r=\${clik_id}`, '${clik_id} is no macro; did you mean ${click_id}?'],
    ['[x]', `${HOST}?r=[cid]&s={payout}`, 'as it stands'],
    ['<x>', `${HOST}?r={cid}`, 'delimiters must be one of'],
  ])('written %s: %s', (delimiters, url, sentence) => {
    expect(faults({ url, delimiters }).join('\n')).toContain(sentence);
  });

  it.each([
    [{ url: `${HOST}?c={cid}`, body: 'a={cid}' }, 'body needs method POST'],
    [{ url: `${HOST}?c={cid}`, bodyType: 'json' }, 'bodyType needs a body'],
    [post({ body: '{"a":{clik_id}}' }), '{clik_id} is no macro; did you mean {click_id}?'],
    [post({ body: '{"a":"{clik_id}"}' }), '{clik_id} is no macro'],
    [post({ body: '{"a":1,}' }), 'body is not JSON'],
    [post({ body: '{"{click_id}":1}' }), 'has a macro in the member name'],
    [post({ body: '{"a":"{click_id"}' }), 'belongs to no macro'],
    [post({ body: 'a={clik_id}' }), 'did you mean {click_id}?'],
    [post({ body: 'x', headers: { Host: 'a' } }), 'must not set Host'],
    [post({ headers: { 'content-LENGTH': '1' } }), 'must not set content-LENGTH'],
    [post({ headers: { 'Transfer-Encoding': 'chunked' } }), 'must not set Transfer-Encoding'],
    [post({ secretHeaders: { Connection: 'x' } }), 'must not set Connection'],
    [post({ headers: { 'X-A': 'a\r\nHost: b' } }), 'has a line break'],
    [post({ headers: { 'X A': 'a' } }), 'impossible name'],
    [post({ headers: { 'X-A': '{clik_id}' } }), 'X-A: {clik_id} is no macro'],
    [post({ headers: { a: '1', A: '2' } }), 'names A twice'],
    [
      post({ headers: { 'X-Key': '1' }, secretHeaders: { 'x-key': '2' } }),
      'stands in headers and in secretHeaders',
    ],
    [
      post({ headers: { 'Webhook-Id': '1' }, signingSecret: KEY }),
      'webhook-id is written by the signature',
    ],
    [{ url: `${HOST}?k={secret:key}` }, '{secret:key} has no value'],
    [{ url: `${HOST}?k={cid}`, secrets: { key: 'v' } }, 'secrets.key is used by no template'],
    [{ url: `${HOST}?k={secret:KEY}`, secrets: { KEY: 'v' } }, 'impossible name'],
    [{ url: `${HOST}?k={cid}`, missing: { clik_id: 'drop' } }, 'missing: {clik_id} is no macro'],
    [{ url: `${HOST}?k={cid}`, missing: { cid: 'ignore' } }, 'missing.cid must be drop'],
    [{ url: `${HOST}?k={cid}`, eventNames: { SALES: 'x' } }, 'unknown key "SALES"'],
    [{ url: `${HOST}?k={cid}`, success: 'kietaro' }, 'one of default, tune'],
    [
      { url: `${HOST}?k={cid}`, success: { bodyMustMatch: '(' } },
      'bodyMustMatch must be a regular expression',
    ],
    [
      { url: `${HOST}?k={cid}`, success: { duplicateWhen: 'a'.repeat(201) } },
      'duplicateWhen must be',
    ],
    [{ url: `${HOST}?k={cid}`, success: { status: ['2xx'] } }, 'status must be a list'],
    [{ url: `${HOST}?k={cid}`, success: { status: 200 } }, 'status must be a list'],
    [{ url: `${HOST}?k={cid}`, success: { body: 'OK' } }, 'unknown member body'],
    [{ url: `${HOST}?k={cid}`, success: { json: { path: '' } } }, 'json must be'],
    [
      { url: `${HOST}?k={cid}`, success: { otherwise: 'stop' } },
      'otherwise must be retry or refuse',
    ],
    [{ url: `${HOST}?k={cid}`, signingSecret: KEY }, 'a GET needs signatureParameter'],
    [post({ signingSecret: 'whsec_c2hvcnQ=' }), 'signingSecret must be whsec_'],
    [post({ previousSigningSecret: KEY }), 'previousSigningSecret needs signingSecret'],
    [post({ signatureParameter: 'sig' }), 'signatureParameter needs signingSecret'],
    [
      { url: `${HOST}?sig={cid}`, signingSecret: KEY, signatureParameter: 'sig' },
      'has a parameter sig',
    ],
    [
      { url: `${HOST}?ts={timestamp}`, signingSecret: KEY, signatureParameter: 'sig' },
      'has a parameter ts',
    ],
  ])('%j', (data, sentence) => {
    expect(faults(data).join('\n')).toContain(sentence);
  });
});

describe('a sound template passes', () => {
  it.each([
    `${HOST}?cid={click_id}&payout={payout}&txid={order_id}&et={event_type}`,
    `${HOST}?items[0][id]={order_id}&x=null`,
    `${HOST}?cid={ Click_ID | default:none | upper }`,
    `${HOST}/{order_id}/é?x=a%20b&y=1;2`,
    'http://127.0.0.1:8080?cid={cid}',
    'https://[2001:db8::1]:8443/p?cid={cid}',
    HOST,
  ])('%s', (url) => {
    expect(faults({ url })).toEqual([]);
  });

  it('with every setting', () => {
    const data = post({
      headers: { 'X-Click': '{cid}', Authorization: 'Bearer {secret:token}' },
      secretHeaders: { 'X-Key': 'not-{a}-macro' },
      secrets: { token: 'sample-token' },
      body: '{"a":{payout},"b":[true,"{cid}"]}',
      bodyType: 'json',
      success: { status: [200, '202 - 204'], bodyMustMatch: '^ok$', proof: 'accepted' },
      missing: { payout: 'reject', TXID: 'empty' },
      eventNames: { SALE: 'Purchase', CLICK: '' },
      statuses: { SALE: 'sale' },
      amountSign: 'negative',
      delimiters: '{x}',
      signingSecret: KEY,
      previousSigningSecret: KEY,
      signatureParameter: 'sig',
      sendUnmarked: 'true',
    });
    expect(faults(data)).toEqual([]);
  });
});

describe('secrets', () => {
  const data = {
    url: `${HOST}?k={secret:key}`,
    secrets: { key: 'sample-key-1' },
    headers: { Authorization: 'Basic sample', 'X-Token': 'Bearer {secret:key}', 'X-Plain': 'seen' },
    secretHeaders: { 'X-Odd': 'sample-key-2' },
    signingSecret: KEY,
  };

  it('are known by name and place', () => {
    expect(secretsOf(PostbackSettings, data).toSorted()).toEqual(
      ['Basic sample', 'sample-key-1', 'sample-key-2', KEY].toSorted(),
    );
  });

  it('are masked on a screen', () => {
    expect(JSON.stringify(redactSettings(PostbackSettings, data))).not.toMatch(/sample|whsec/);
    expect(redactSettings(PostbackSettings, data)['headers']).toHaveProperty('X-Plain', 'seen');
  });

  it('have a form that never sends them back', () => {
    expect(JSON.stringify(settingsSchema(PostbackSettings)).match(/writeOnly/g)).toHaveLength(4);
  });
});

describe('the nearest word', () => {
  it.each([
    ['clickld', 'click_id'],
    ['Click Id', 'click_id'],
    ['payot', 'payout'],
    ['zzz', undefined],
  ])('to %s is %s', (word, found) => {
    expect(nearest(word, ['click_id', 'payout', 'order_id'])).toBe(found);
  });
});
