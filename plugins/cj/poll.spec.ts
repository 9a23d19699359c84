import { describe, expect, it } from '@jest/globals';
import { poll } from './poll.js';
import { CjCredentials, CjSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new CjCredentials(), {
  accessToken: 'not-real',
  companyId: '1234567',
});
const context = (cursor: string | null) => ({ cursor, now: NOW, settings: new CjSettings() });
const queryOf = (cursor: string | null): string =>
  (JSON.parse(poll.build(credentials, context(cursor)).body ?? '') as { query: string }).query;
const answer = (publisherCommissions: unknown) => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ data: { publisherCommissions } }),
});

describe("the poll of CJ's commissions", () => {
  it('asks for a stretch of posting time, and within it by the watermark', () => {
    expect(queryOf(null)).toContain(
      'publisherCommissions(forPublishers: ["1234567"], sincePostingDate: "2026-10-21T10:00:00Z", beforePostingDate: "2026-11-20T10:00:00Z") {',
    );
    const page = answer({ payloadComplete: false, maxCommissionId: '77', records: [{ a: 1 }] });
    const first = poll.apply(page, context(null), credentials);
    expect(first).toMatchObject({ more: true, payloads: [{ a: 1 }] });
    expect(queryOf(first?.cursor ?? null)).toContain(', sinceCommissionId: "77") {');
    // The same watermark twice would go round for ever.
    expect(poll.apply(page, context(first?.cursor ?? null), credentials)).not.toHaveProperty(
      'more',
    );
  });

  it('asks for 30 days at once, and goes on behind them', () => {
    const long = `${NOW - 45 * 86_400_000} 0`;
    expect(queryOf(long)).toContain(
      'sincePostingDate: "2026-10-06T10:00:00Z", beforePostingDate: "2026-11-05T10:00:00Z") {',
    );
    const whole = answer({ payloadComplete: true, maxCommissionId: '9', records: [] });
    const rest = poll.apply(whole, context(long), credentials);
    expect(rest).toMatchObject({ more: true });
    expect(queryOf(rest?.cursor ?? null)).toContain(
      'sincePostingDate: "2026-11-05T10:00:00Z", beforePostingDate: "2026-11-20T10:00:00Z") {',
    );
    expect(poll.apply(whole, context(rest?.cursor ?? null), credentials)).not.toHaveProperty(
      'more',
    );
  });

  it('lets no watermark write the query', () => {
    const odd = answer({ payloadComplete: false, maxCommissionId: '7") { x', records: [] });
    expect(poll.apply(odd, context(null), credentials)).not.toHaveProperty('more');
  });

  it('fails on errors of GraphQL, which come with 200', () => {
    const odd = { status: 200, headers: {}, body: '{"errors":[{"message":"no"}],"data":null}' };
    expect(poll.apply(odd, context(null), credentials)).toBeUndefined();
  });
});
