import { describe, expect, it } from '@jest/globals';
import { backfill } from './backfill.js';
import { ActiveCampaignCredentials, ActiveCampaignSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new ActiveCampaignCredentials(), {
  apiUrl: 'https://acme.api-us1.com/',
  apiKey: 'not-real',
});
const settingsOf = (amountUnit: 'major' | 'minor') =>
  Object.assign(new ActiveCampaignSettings(), { amountUnit });
const context = (cursor: string | null, amountUnit: 'major' | 'minor' = 'major') => ({
  cursor,
  now: NOW,
  settings: settingsOf(amountUnit),
});
const answer = (deals: unknown) => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ deals }),
});
const deal = (id: number, value = '49005') => ({ id: String(id), status: '1', value });

describe("the backfill of ActiveCampaign's deals", () => {
  it('asks the account’s own host', () => {
    const { url } = backfill.build(credentials, context(null));
    expect(url).toMatch(/^https:\/\/acme\.api-us1\.com\/api\/3\/deals\?/);
    const { searchParams } = new URL(url);
    expect(searchParams.get('filters[updated_after]')).toBe('2026-10-21T10:00:00.000Z');
    expect(searchParams.get('offset')).toBe('0');
  });

  it.each([
    ['major', '49005', '490.05'],
    ['major', '5', '0.05'],
    ['minor', '49005', '49005'],
  ] as const)('writes amounts as the webhooks of the account do: %s %s', (unit, value, wanted) => {
    const told = backfill.apply(answer([deal(1, value)]), context(null, unit), credentials);
    expect(told?.payloads?.[0]).toMatchObject({ 'deal[value_raw]': wanted, 'deal[status]': '1' });
  });

  it('goes on a little before the end of a full page, since deals move while it reads', () => {
    const full = answer(Array.from({ length: 100 }, (_none, at) => deal(at)));
    const first = backfill.apply(full, context(null), credentials);
    expect(first).toMatchObject({ more: true });
    const next = new URL(backfill.build(credentials, context(first?.cursor ?? '')).url);
    expect(next.searchParams.get('offset')).toBe('90');
    expect(backfill.apply(answer([deal(1)]), context(null), credentials)).not.toHaveProperty(
      'more',
    );
    expect(backfill.apply(answer('no'), context(null), credentials)).toBeUndefined();
  });
});
