import { describe, expect, it } from '@jest/globals';
import { backfill } from './backfill.js';
import { PaddleCredentials, PaddleSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new PaddleCredentials(), { apiKey: 'pdl_live_apikey_x' });
const context = (cursor: string | null, sandbox = false) => ({
  cursor,
  now: NOW,
  settings: Object.assign(new PaddleSettings(), { sandbox }),
});
const event = (id: string, occurred_at: string) => ({
  event_id: id,
  event_type: 'transaction.completed',
  occurred_at,
  data: {},
});
const page = (events: unknown, has_more: boolean) => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ data: events, meta: { pagination: { has_more } } }),
});
const afterOf = (cursor: string | null) =>
  new URL(backfill.build(credentials, context(cursor)).url).searchParams.get('after');

const LONG_AGO = '2026-09-01T00:00:00Z';
const YESTERDAY = '2026-11-19T10:00:00Z';
const JUST_NOW = '2026-11-20T09:50:00Z';

describe("the backfill from Paddle's stream of events", () => {
  it('begins at the stream’s beginning and tells the last 30 days', () => {
    expect(afterOf(null)).toBeNull();
    const first = backfill.apply(
      page([event('evt_1', LONG_AGO), event('evt_2', YESTERDAY)], true),
      context(null),
      credentials,
    );
    expect(first?.payloads).toMatchObject([{ event_id: 'evt_2' }]);
    expect(afterOf(first?.cursor ?? null)).toBe('evt_2');
  });

  it('reads the last hour again, and everything behind a cursor however old it is', () => {
    const told = backfill.apply(
      page([event('evt_3', LONG_AGO), event('evt_4', JUST_NOW)], true),
      context('evt_2'),
      credentials,
    );
    expect(told?.payloads).toHaveLength(2);
    // Within the run it goes on behind the last event, the next run begins behind the last old one.
    expect(afterOf(told?.cursor ?? null)).toBe('evt_4');
    const end = backfill.apply(page([], false), context(told?.cursor ?? null), credentials);
    expect(end).not.toHaveProperty('more');
    expect(afterOf(end?.cursor ?? null)).toBe('evt_3');
  });

  it('asks the sandbox where the account is one, and fails on what is no list', () => {
    expect(backfill.build(credentials, context(null, true)).url).toMatch(
      /^https:\/\/sandbox-api\.paddle\.com\//,
    );
    const odd = { status: 200, headers: {}, body: '{}' };
    expect(backfill.apply(odd, context(null), credentials)).toBeUndefined();
    expect(backfill.wants(new PaddleCredentials())).toBe(false);
  });
});
