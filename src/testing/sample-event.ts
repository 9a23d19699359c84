import type { CanonicalEvent } from '../contract/index.js';
import type { EventParts } from './fixtures.js';

/** Server clock of the sample event's delivery, epoch milliseconds. */
export const SAMPLE_NOW = Date.parse('2026-11-20T10:00:02.000Z');

const SAMPLE: CanonicalEvent = {
  schemaVersion: 1,
  id: 'evt0000000000000000000000000',
  type: 'SALE',
  test: false,
  receiptId: 'rcp1',
  contentHash: 'h',
  occurredAt: '2026-11-20T10:00:00.000Z',
  receivedAt: '2026-11-20T10:00:01.000Z',
  source: { plugin: 'stripe', account: 'acme', key: 'k1', nativeType: 'SALE', trust: 'signed' },
  order: { id: 'ORD1', parentId: null, line: null, sequence: 1, aliases: [] },
  attribution: {
    clickId: 'clk123',
    affiliateId: 'aff9',
    coupon: null,
    campaignId: null,
    offerId: null,
    placement: null,
    utm: {},
    subIds: [],
    model: 'last-touch',
    how: 'click',
  },
  revenue: { amount: 4900, currency: 'USD' },
  payout: { amount: 2450, currency: 'USD' },
  customer: { ref: null, emailHash: null },
  consent: { state: 'unknown', region: null, basis: null },
  flags: [],
  reverses: null,
  adjusts: null,
  plan: [],
};

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `over` laid over `base`: maps are merged member by member, everything else (lists, null) replaces. */
export function laidOver(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return structuredClone(over);
  const merged: Record<string, unknown> = { ...structuredClone(base) };
  for (const [name, value] of Object.entries(over)) {
    if (value !== undefined) merged[name] = laidOver(merged[name], value);
  }
  return merged;
}

/**
 * A canonical event for tests: a sale of 49.00 USD with a click id; `parts` are merged into it at any depth.
 *
 * @example sampleEvent({ type: 'REFUND', order: { id: 'ORD2' }, payout: null })
 */
export const sampleEvent = (parts: EventParts = {}): CanonicalEvent =>
  laidOver(SAMPLE, parts) as CanonicalEvent;
