import { describe, expect, it } from '@jest/globals';
import type { JobResult } from '#contract';
import { backfill } from './backfill.js';
import { HubSpotCredentials, HubSpotSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new HubSpotCredentials(), { accessToken: 'pat-not-real' });
const context = (cursor: string | null) => ({ cursor, now: NOW, settings: new HubSpotSettings() });

const ask = (cursor: string | null) => {
  const { url, body = '' } = backfill.build(credentials, context(cursor));
  return { path: new URL(url).pathname, body: JSON.parse(body) as Record<string, unknown> };
};
const tell = (cursor: string | null, answer: unknown): JobResult<unknown> | undefined =>
  backfill.apply(
    { status: 200, headers: {}, body: JSON.stringify(answer) },
    context(cursor),
    credentials,
  );

const modified = (id: string, at: string) => ({ id, properties: { hs_lastmodifieddate: at } });
const history = (id: string, ...dealstage: { value: string; timestamp: string }[]) => ({
  id,
  propertiesWithHistory: { dealstage },
});

describe("the backfill of HubSpot's deals", () => {
  it('searches, reads the histories, and searches on from the last time', () => {
    expect(ask(null)).toMatchObject({
      path: '/crm/v3/objects/deals/search',
      body: { limit: 50, filterGroups: [{ filters: [{ operator: 'GTE' }] }] },
    });
    const found = tell(null, {
      results: [modified('1', '2026-11-19T08:00:00Z'), modified('2', '2026-11-19T09:00:00.5Z')],
      paging: { next: { after: '2' } },
    });
    expect(found).toMatchObject({ more: true });
    expect(found).not.toHaveProperty('payloads');
    const second = found?.cursor ?? '';
    expect(ask(second)).toMatchObject({
      path: '/crm/v3/objects/deals/batch/read',
      body: { inputs: [{ id: '1' }, { id: '2' }], propertiesWithHistory: ['dealstage'] },
    });
    const read = tell(second, {
      results: [
        history(
          '1',
          { value: 'closedwon', timestamp: '2026-11-19T08:00:00.123Z' },
          { value: 'qualified', timestamp: '2026-11-18T08:00:00Z' },
          { value: 'older-than-the-run', timestamp: '2025-01-01T00:00:00Z' },
        ),
        history('2'),
      ],
    });
    expect(read?.payloads).toEqual([
      {
        batch: ['qualified', 'closedwon'].map((propertyValue, at) => ({
          subscriptionType: 'deal.propertyChange',
          propertyName: 'dealstage',
          objectId: '1',
          propertyValue,
          occurredAt: Date.parse(['2026-11-18T08:00:00Z', '2026-11-19T08:00:00.123Z'][at] ?? ''),
        })),
      },
    ]);
    const value = String(Date.parse('2026-11-19T09:00:00.5Z'));
    expect(ask(read?.cursor ?? '').body).toMatchObject({
      filterGroups: [{ filters: [{ value }] }],
    });
  });

  it('goes on by the marker where a whole page is of one millisecond', () => {
    const at = '2026-11-19T08:00:00Z';
    const page = { results: [modified('1', at)], paging: { next: { after: '50' } } };
    const first = tell(null, page)?.cursor ?? '';
    const search = tell(first, { results: [] })?.cursor ?? '';
    const again = tell(tell(search, page)?.cursor ?? '', { results: [] })?.cursor ?? '';
    expect(ask(search).body).not.toHaveProperty('after');
    expect(ask(again).body).toMatchObject({ after: '50' });
  });

  it('ends with the last page, and fails on what is no list', () => {
    expect(tell(null, { results: [] })).not.toHaveProperty('more');
    const last = tell(null, { results: [modified('1', '2026-11-19T08:00:00Z')] })?.cursor ?? '';
    const end = tell(last, { results: [] });
    expect(end).not.toHaveProperty('more');
    expect(end?.cursor).toBe(`${NOW - 3_600_000} 0`);
    expect(tell(null, { status: 'error' })).toBeUndefined();
    expect(backfill.wants(new HubSpotCredentials())).toBe(false);
  });
});
