import { describe, expect, it } from '@jest/globals';
import { accept } from '#contract';
import { backfill } from './backfill.js';
import pipedrive from './index.js';
import { PipedriveCredentials, PipedriveSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new PipedriveCredentials(), { apiToken: 'not-real' });
const settings = Object.assign(new PipedriveSettings(), { stages: { '3': 'QUALIFIED_LEAD' } });
const context = (cursor: string | null) => ({ cursor, now: NOW, settings });
const tell = (cursor: string | null, answer: unknown) =>
  backfill.apply(
    { status: 200, headers: {}, body: JSON.stringify(answer) },
    context(cursor),
    credentials,
  );

const deal = (id: number, more: object) => ({
  id,
  value: 10,
  currency: 'EUR',
  person_id: 1,
  update_time: '2026-11-20T09:00:00Z',
  ...more,
});

/** What a listed deal means. */
const meaning = (more: object) => {
  const { payloads = [] } = tell(null, { success: true, data: [deal(1, more)] }) ?? {};
  const verified = accept(payloads[0] ?? {}, 'shared-secret').payload;
  return pipedrive.normalize(verified, { settings });
};

describe("the backfill of Pipedrive's deals", () => {
  it('asks oldest first from a time without fractions, and goes on by the cursor', () => {
    const { url, headers } = backfill.build(credentials, context(null));
    expect(url).toBe(
      'https://api.pipedrive.com/api/v2/deals?updated_since=2026-10-21T10%3A00%3A00Z&sort_by=update_time&sort_direction=asc&limit=200',
    );
    expect(headers).toMatchObject({ 'x-api-token': 'not-real' });
    const first = tell(null, { success: true, data: [], additional_data: { next_cursor: 'abc=' } });
    expect(first).toMatchObject({ more: true });
    const next = backfill.build(credentials, context(first?.cursor ?? ''));
    expect(new URL(next.url).searchParams.get('cursor')).toBe('abc=');
    expect(tell(first?.cursor ?? '', { success: true, data: [] })).not.toHaveProperty('more');
    expect(tell(null, { success: false })).toBeUndefined();
  });

  it.each([
    [{ status: 'won', won_time: '2026-11-20T08:00:00Z' }, { type: 'SALE' }],
    [{ status: 'lost', lost_time: '2026-11-20T08:00:00Z' }, { type: 'REJECTED_LEAD' }],
    [{ status: 'open', stage_id: 3 }, { type: 'QUALIFIED_LEAD' }],
    [{ status: 'open', stage_id: 4 }, { seen: { id: 'deal:1', state: 'open' } }],
  ])('takes %j as it is now', (more, wanted) => {
    expect(meaning(more)).toEqual([expect.objectContaining(wanted)]);
  });
});
