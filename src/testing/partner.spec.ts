import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fakeClock } from './fake-clock.js';
import { startPartner, type Partner } from './partner.js';
import { sampleEvent } from './sample-event.js';

describe('the fake partner', () => {
  let partner: Partner;
  beforeEach(async () => {
    partner = await startPartner({
      script: {
        '/twice': [
          { do: 'answer', status: 503, retryAfter: 7 },
          { do: 'answer', body: 'done' },
        ],
        '/html': { do: 'html', status: 502 },
        '/away': { do: 'redirect', to: 'http://127.0.0.1:1/' },
        '/reset': { do: 'reset' },
        '/hang': { do: 'hang' },
        '/drip': { do: 'drip', everyMs: 1 },
        '/big': { do: 'big', bytes: 100_000 },
        '/echo': ({ query }, nth) => ({ do: 'answer', body: `${query.get('a')}${nth}` }),
      },
    });
  });
  afterEach(() => partner.close());

  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(partner.url + path, { redirect: 'manual', ...init });

  it('records requests and answers by script, the last behaviour staying', async () => {
    const answers = [await get('/twice'), await get('/twice?b=1'), await get('/twice')];
    expect(answers.map(({ status }) => status)).toEqual([503, 200, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('7');
    expect(partner.to('/twice').map(({ url }) => url)).toEqual(['/twice', '/twice?b=1', '/twice']);
  });

  it('records method, headers and body', async () => {
    await get('/other', { method: 'POST', body: 'a=ü', headers: { 'X-One': '1' } });
    const [seen] = await partner.received(1, '/other');
    expect(seen).toMatchObject({ method: 'POST', body: 'a=ü', path: '/other' });
    expect(seen?.headers['x-one']).toBe('1');
  });

  it('counts each path for itself and can change its mind', async () => {
    expect(await (await get('/echo?a=x')).text()).toBe('x0');
    expect(await (await get('/echo?a=y')).text()).toBe('y1');
    partner.play('/echo', { do: 'answer', status: 410 });
    expect((await get('/echo')).status).toBe(410);
  });

  it('sends HTML, redirects and big bodies', async () => {
    const html = await get('/html');
    expect([html.status, await html.text()]).toEqual([502, expect.stringContaining('<h1>')]);
    expect((await get('/away')).headers.get('location')).toBe('http://127.0.0.1:1/');
    expect(await (await get('/big')).text()).toHaveLength(100_000);
  });

  it('cuts, hangs and drips', async () => {
    await expect(get('/reset')).rejects.toThrow('fetch failed');
    const stop = new AbortController();
    const hanging = get('/hang', { signal: stop.signal });
    await partner.received(1, '/hang');
    stop.abort();
    await expect(hanging).rejects.toThrow('aborted');
    const dripping = await get('/drip');
    const reader = dripping.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
  });

  it('complains when too few requests come', async () => {
    await expect(partner.received(1, '/never', 10)).rejects.toThrow('0 of 1 requests after 10 ms');
  });
});

describe('the sample event and the fake clock', () => {
  it('merges parts at any depth and replaces lists and null', () => {
    const event = sampleEvent({ type: 'REFUND', order: { id: 'O2' }, payout: null, flags: ['x'] });
    expect(event.order).toMatchObject({ id: 'O2', sequence: 1 });
    expect([event.type, event.payout, event.flags]).toEqual(['REFUND', null, ['x']]);
    expect(sampleEvent().order?.id).toBe('ORD1');
  });

  it('moves only when told to', () => {
    const clock = fakeClock();
    clock.advance(1500);
    expect(new Date(clock.now()).toISOString()).toBe('2026-11-20T10:00:01.500Z');
    clock.set(7);
    expect(clock.now()).toBe(7);
  });
});
