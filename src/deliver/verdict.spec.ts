import { describe, expect, it } from '@jest/globals';
import { delivered, misconfigured, refused, retry, type Outcome } from '../contract/index.js';
import { verdictOf, type Verdict } from './verdict.js';

const REQUEST = 'POST https://partner.example';

describe('what an attempt says about the partner', () => {
  it.each<[string, Outcome, number | undefined, string | undefined, Verdict]>([
    ['delivered', delivered('accepted'), 200, REQUEST, 'answered'],
    ['refused', refused('HTTP 422'), 422, REQUEST, 'answered'],
    ['a duplicate', { kind: 'duplicate', ours: true }, 409, REQUEST, 'answered'],
    ['misconfigured', misconfigured('HTTP 401'), 401, REQUEST, 'answered'],
    ['not yet, in its own words', retry(), 200, REQUEST, 'answered'],
    ['not found yet', retry(), 404, REQUEST, 'answered'],
    ['no answer', retry(undefined, 'WB_HTTP_TIMEOUT'), undefined, REQUEST, 'failed'],
    ...[302, 408, 425, 429, 500, 502, 503, 504].map(
      (status): [string, Outcome, number, string, Verdict] => [
        `HTTP ${status}`,
        retry(),
        status,
        REQUEST,
        'failed',
      ],
    ),
    ['429 with Retry-After', retry(5000), 429, REQUEST, 'asked-to-wait'],
    ['503 with Retry-After', retry(5000), 503, REQUEST, 'asked-to-wait'],
    ['500 with Retry-After', retry(5000), 500, REQUEST, 'failed'],
    [
      'skipped by the plugin',
      { kind: 'skipped', reason: 'unmapped' },
      undefined,
      undefined,
      'no-contact',
    ],
    ['a plugin that threw', refused('WB_PLUGIN_THREW'), undefined, undefined, 'no-contact'],
    [
      'a look-up that threw',
      retry(undefined, 'WB_PLUGIN_THREW'),
      undefined,
      undefined,
      'no-contact',
    ],
  ])('%s', (_name, outcome, status, request, verdict) => {
    const result = { outcome, unsure: false, ms: 1, step: 0, newSteps: [] };
    const more = {
      ...(status === undefined ? {} : { status }),
      ...(request === undefined ? {} : { request }),
    };
    expect(verdictOf({ ...result, ...more })).toBe(verdict);
  });

  it('is nothing when there was none', () => {
    expect(verdictOf(undefined)).toBe('no-contact');
  });
});
