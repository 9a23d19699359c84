import { describe, expect, it } from '@jest/globals';
import { backfill } from './backfill.js';
import { CloseCredentials, CloseSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new CloseCredentials(), { apiKey: 'api_not_real' });
const context = (cursor: string | null) => ({ cursor, now: NOW, settings: new CloseSettings() });
const tell = (cursor: string | null, answer: unknown) =>
  backfill.apply(
    { status: 200, headers: {}, body: JSON.stringify(answer) },
    context(cursor),
    credentials,
  );

describe("the backfill from Close's event log", () => {
  it('asks for opportunities with the key as user name, and goes on to older events', () => {
    const { url, headers } = backfill.build(credentials, context(null));
    const query = Object.fromEntries(new URL(url).searchParams);
    expect(query).toEqual({
      object_type: 'opportunity',
      date_updated__gte: '2026-10-21T10:00:00.000Z',
      _limit: '50',
    });
    const pair = Buffer.from('api_not_real:').toString('base64');
    expect(headers).toMatchObject({ authorization: `Basic ${pair}` });
    const first = tell(null, { data: [{ id: 'ev_1' }], cursor_next: 'Mg' });
    expect(first).toMatchObject({ more: true, payloads: [{ event: { id: 'ev_1' } }] });
    const next = new URL(backfill.build(credentials, context(first?.cursor ?? '')).url);
    expect(next.searchParams.get('_cursor')).toBe('Mg');
  });

  it('ends without a cursor or without events, and fails on what is no list', () => {
    expect(tell(null, { data: [{ id: 'ev_1' }], cursor_next: null })).not.toHaveProperty('more');
    expect(tell(null, { data: [], cursor_next: 'Mg' })).not.toHaveProperty('more');
    expect(tell(null, { error: 'no' })).toBeUndefined();
    expect(backfill.wants(new CloseCredentials())).toBe(false);
  });
});
