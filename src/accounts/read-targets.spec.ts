import { describe, expect, it } from '@jest/globals';
import { GOOD, linesOf } from './toys.spec-kit.js';

const swap = (from: string, to: string): string => GOOD.replace(from, to);

describe('targets', () => {
  it.each([
    [swap('id: tap', 'id: TRACK'), 'targets[1].id: is already the id of targets[0]'],
    [
      swap('target: partner', 'target: partnr'),
      'targets[1].target: names no target plugin; did you mean "partner"?',
    ],
    [swap('target: partner', ''), 'targets[1].target: is required'],
    [swap('apiKey: key_tap_1', ''), 'targets[1].settings.apiKey: is required (API key)'],
    [
      swap('apiKey: key_tap_1', 'apiKey: key_tap_1, baseUrl: nowhere'),
      'targets[1].settings.baseUrl: must be an absolute URL',
    ],
    [
      swap('apiKey: key_tap_1', 'apiKey: key_tap_1, baseUrl: "http://p.example/"'),
      'targets[1].settings.baseUrl: must start with https://',
    ],
    [
      swap('https://tracker.example/p?cid={click_id}', 'tracker'),
      'targets[0].settings.url: must be an absolute URL',
    ],
    [swap('cid={click_id}', 'cid='), 'targets[0].settings: should hold {click_id}'],
    [
      swap('settings: { url', 'settings: { method: PUT, url'),
      'targets[0].settings.method: must be one of',
    ],
    [
      swap('settings: { url', 'settings: { limit: soon, url'),
      'targets[0].settings.limit: must be an integer',
    ],
    [
      swap('target: partner', 'target: partner\n    sockets: 0'),
      'targets[1].sockets: must be a whole number from 1 to 256',
    ],
    [
      swap('target: partner', 'target: partner\n    sockets: 257'),
      'targets[1].sockets: must be a whole number from 1 to 256',
    ],
    [
      swap('target: partner', 'target: partner\n    sockets: 1.5'),
      'targets[1].sockets: must be a whole number',
    ],
    [
      swap('target: partner', 'target: partner\n    ratePerSecond: -1'),
      'targets[1].ratePerSecond: must be a number from',
    ],
    [
      swap('target: partner', 'target: partner\n    ratePerSecond: 5\n    burst: 0'),
      'targets[1].burst: must be a whole number from 1 to 10000',
    ],
    [
      swap('target: partner', 'target: partner\n    burst: 5'),
      'targets[1].burst: means nothing without ratePerSecond',
    ],
    [
      swap('target: partner', 'target: partner\n    orphanReversals: drop'),
      'targets[1].orphanReversals: must be one of: skip, send',
    ],
    [
      swap('target: partner', 'target: partner\n    socket: 4'),
      'targets[1].socket: is not a setting; did you mean "sockets"?',
    ],
  ])('fault %#', async (yaml, expected) => {
    expect(await linesOf(yaml)).toContainEqual(expect.stringContaining(expected));
  });
});
