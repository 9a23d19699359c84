import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { isSkip, type HttpRequest } from '#contract';
import { sampleEvent, SAMPLE_NOW } from '../../src/testing/sample-event.js';
import plugin from './index.js';
import { PostbackSettings } from './settings.js';

const NEW = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

function request(parts: Partial<PostbackSettings>, now = SAMPLE_NOW, attempt = 1): HttpRequest {
  const settings = Object.assign(new PostbackSettings(), parts);
  expect(plugin.lint?.(settings)).toEqual([]);
  const event = sampleEvent({ attribution: { clickId: 'é😀"{x}' } });
  const built = plugin.build(event, settings, { entries: [], steps: [], now, attempt });
  if (isSkip(built)) throw new Error(built.skip);
  return built as HttpRequest;
}

const post = {
  url: 'https://t.example/p',
  method: 'POST' as const,
  body: '{"c":"{click_id}","p":"{payout}"}',
  signingSecret: NEW,
  previousSigningSecret: OLD,
};

const verify = (secret: string, { body = '', headers = {} }: HttpRequest): unknown =>
  new Webhook(secret).verify(body, { ...headers });

describe('a signed body', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: SAMPLE_NOW });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([NEW, OLD])('is accepted by the public library with %s', (secret) => {
    expect(verify(secret, request(post))).toEqual({ c: 'é😀"{x}', p: 24.5 });
  });

  it('is refused with another secret, another body or another id', () => {
    const sent = request(post);
    expect(() => verify(OTHER, sent)).toThrow('No matching signature');
    expect(() => verify(NEW, { ...sent, body: `${sent.body ?? ''} ` })).toThrow('No matching');
    const headers = { ...sent.headers, 'webhook-id': 'evt1' };
    expect(() => verify(NEW, { ...sent, headers })).toThrow('No matching signature');
  });

  it('keeps its id and renews its time on the next attempt', () => {
    const [first, second] = [request(post), request(post, SAMPLE_NOW + 60_000, 2)];
    const id = 'evt0000000000000000000000000';
    expect([first.headers?.['webhook-id'], second.headers?.['webhook-id']]).toEqual([id, id]);
    expect(second.headers?.['webhook-timestamp']).toBe(String(SAMPLE_NOW / 1000 + 60));
    expect(verify(NEW, second)).toHaveProperty('p', 24.5);
  });

  it.each(['PUT', 'PATCH', 'POST'] as const)('covers an empty body of %s', (method) => {
    const sent = request({ url: 'https://t.example/p?c={click_id}', method, signingSecret: NEW });
    expect(verify(NEW, sent)).toBeUndefined();
    expect(() => verify(OTHER, sent)).toThrow('No matching signature');
  });
});

describe('a signed query', () => {
  it('can be checked from the query as it arrived', () => {
    const sent = request({
      url: "https://t.example/p?c={click_id}&l=it's",
      signingSecret: NEW,
      signatureParameter: 'sig',
    });
    const query = new URL(sent.url).search.slice(1);
    const [, covered = '', sig] = /^(.*)&sig=([0-9a-f]{64})$/.exec(query) ?? [];
    expect(sig).toBe(createHmac('sha256', Buffer.alloc(32, 7)).update(covered).digest('hex'));
    expect(new URLSearchParams(covered).get('ts')).toBe(String(SAMPLE_NOW / 1000));
    expect(sent.shownUrl).not.toContain('sig');
  });
});
