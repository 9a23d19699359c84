import { describe, expect, it } from '@jest/globals';
import { byStatus, delivered, refused, retry, retryAfterMs } from './outcome.js';

const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: '',
});

describe('byStatus', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [301, 'retry'],
    [304, 'retry'],
    [400, 'refused'],
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'refused'],
    [408, 'retry'],
    [409, 'refused'],
    [410, 'misconfigured'],
    [422, 'refused'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [599, 'retry'],
  ])('reads %i as %s', (status, kind) => {
    expect(byStatus(answer(status)).kind).toBe(kind);
  });

  it('waits as long as a busy partner asks', () => {
    expect(byStatus(answer(429, { 'retry-after': '120' }))).toEqual({
      kind: 'retry',
      afterMs: 120_000,
      note: 'HTTP 429',
    });
    expect(byStatus(answer(503))).toEqual({ kind: 'retry', note: 'HTTP 503' });
  });
});

describe('retryAfterMs', () => {
  const date = 'Fri, 20 Nov 2026 10:00:00 GMT';
  it.each([
    [{ 'retry-after': ' 7 ' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:01:30 GMT', date }, 90_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT', date }, 0],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:01:30 GMT' }, undefined],
    [{ 'retry-after': '-5', date }, undefined],
    [{ 'retry-after': 'soon', date }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('reads %p as %p', (headers: Record<string, string>, ms) => {
    expect(retryAfterMs(answer(429, headers))).toBe(ms);
  });
});

describe('makers of outcomes', () => {
  it('leave out what was not said', () => {
    expect(retry()).toEqual({ kind: 'retry' });
    expect(refused('no')).toEqual({ kind: 'refused', reason: 'no' });
    expect(delivered('confirmed', { remoteIds: { a: '1' } })).toEqual({
      kind: 'delivered',
      proof: 'confirmed',
      attributed: 'unknown',
      remoteIds: { a: '1' },
    });
  });
});
