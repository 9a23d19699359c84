import { describe, expect, it } from '@jest/globals';
import type { CanonicalEvent } from '../../../contract/index.js';
import { sampleEvent } from '../../../testing/sample-event.js';
import type { LedgerDelivery } from '../ledger-reader.js';
import { Tapfiliate } from '../partners/tapfiliate.js';
import { Tracker } from '../partners/tracker.js';
import { Tune } from '../partners/tune.js';
import type { Played } from '../played.js';
import { comparePartners } from './partners.js';

const event = (id: string, more: Partial<CanonicalEvent> = {}): CanonicalEvent => ({
  ...sampleEvent(),
  id,
  order: { id: `ORD-${id}`, parentId: null, line: null, sequence: null, aliases: [] },
  revenue: { amount: 4900, currency: 'USD' },
  ...more,
});

const delivery = (of: string, target: string, state = 'delivered'): LedgerDelivery => ({
  id: `${of}-${target}`,
  event: of,
  target,
  state,
  reason: undefined,
  explanation: '',
  attempts: 1,
  tries: [],
  remoteIds: {},
});

const beat = (name: string, one: CanonicalEvent, of?: string): Played =>
  ({ notification: { beat: { name, of } }, events: [one] }) as unknown as Played;

/** A sale and its partial refund, told to all three partners, and partners who have it right. */
function scene() {
  const sale = event('s');
  const refund = event('r', { type: 'REFUND', revenue: { amount: 1000, currency: 'USD' } });
  const partners = {
    tap: new Tapfiliate('key', new Set()),
    tune: new Tune('token', 'token', new Set()),
    tracker: new Tracker(),
  };
  const conversion = partners.tap.books.add('ORD-s', 's', { amount: 4900, currency: 'USD' });
  const [commission] = conversion.commissions;
  if (commission) commission.amount = { amount: 1170, currency: 'USD' };
  partners.tune.books.push({
    eventId: 'ho-1',
    transaction: 'clk',
    goal: '0',
    order: 'ORD-s',
    amount: '39.00',
    status: 'approved',
    repeats: 0,
  });
  for (const [one, amount] of [
    [sale, '49.00'],
    [refund, '10.00'],
  ] as const) {
    const { id: eventId, type } = one;
    const record = {
      eventId,
      type,
      click: 'clk',
      order: 'O2',
      amount,
      currency: 'USD',
      repeats: 0,
    };
    partners.tracker.books.push(record);
  }
  const targets = ['tap', 'tune', 'tracker'];
  const deliveries = ['s', 'r'].flatMap((id) => targets.map((target) => delivery(id, target)));
  const played = [beat('sale', sale), beat('refund', refund, 'sale')];
  const differences = (): string[] =>
    comparePartners(played, [sale, refund], deliveries, partners).flatMap((one) => one.differences);
  return { partners, conversion, deliveries, differences };
}

describe('the comparison of ledger and partners', () => {
  it('finds nothing when everybody has it right', () => {
    expect(scene().differences()).toEqual([]);
  });

  it('finds a delivered event that a partner does not have', () => {
    const { partners, differences } = scene();
    partners.tune.books.length = 0;
    expect(differences()).toEqual(['SALE ORD-s is delivered, but the partner has no record of it']);
  });

  it('finds a record that nobody delivered', () => {
    const { deliveries, differences } = scene();
    const at = deliveries.findIndex(({ id }) => id === 'r-tracker');
    deliveries[at] = delivery('r', 'tracker', 'skipped');
    expect(differences()).toEqual(['REFUND O2 (r) is there, but was not delivered']);
  });

  it('finds a record that is there twice', () => {
    const { partners, differences } = scene();
    partners.tap.books.add('ORD-s', 's', { amount: 4900, currency: 'USD' });
    expect(differences()).toEqual(['SALE ORD-s is there 2 times']);
  });

  it('finds a wrong amount, a wrong currency and a wrong type', () => {
    const { partners, conversion, differences } = scene();
    conversion.amount = { amount: 4901, currency: 'USD' };
    const [told] = partners.tracker.books;
    Object.assign(told ?? {}, { currency: 'EUR', type: 'REBILL' });
    expect(differences()).toEqual([
      'SALE ORD-s: conversion 1001 is 49.01 USD, the ledger says 49.00 USD',
      'SALE ORD-s: it has the type REBILL',
      'SALE ORD-s: currency is EUR',
    ]);
  });

  it('finds a refund that did not reach the commission, and one that went too far', () => {
    const { partners, conversion, differences } = scene();
    const [commission] = conversion.commissions;
    Object.assign(commission ?? {}, { approved: false, amount: { amount: 1470, currency: 'USD' } });
    Object.assign(partners.tune.books[0] ?? {}, { status: 'rejected', amount: '49.00' });
    expect(differences()).toEqual([
      'SALE ORD-s: commission 9001 should be not disapproved',
      'SALE ORD-s: commission 9001 is 14.70 USD, not 11.70 USD',
      'SALE ORD-s: amount is 49.00, should be 39.00',
      'SALE ORD-s: status is rejected, should be approved',
    ]);
  });
});
