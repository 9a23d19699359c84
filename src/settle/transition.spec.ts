import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../contract/index.js';
import type { DeliveryDoc, StepEntry } from '../ledger/documents.js';
import { DEADLINE_MS } from './schedule.js';
import {
  afterAttempt,
  deadlineOf,
  endRow,
  latencyClass,
  putBack,
  type AttemptResult,
  type Transition,
} from './transition.js';

const BORN = Date.parse('2026-11-20T10:00:00.000Z');
const NOW = BORN + 60_000;

const row = (more: Partial<DeliveryDoc> = {}): DeliveryDoc => ({
  _id: 'd1',
  event: 'e1',
  target: 'tap',
  account: 'shop',
  type: 'SALE',
  route: 'r1',
  configVersion: 1,
  state: 'sending',
  token: 'token',
  wakeAt: new Date(NOW + 30_000),
  attempts: 0,
  crashes: 0,
  at: new Date(BORN),
  pausedMs: 0,
  ...more,
});

const result = (outcome: Outcome, more: Partial<AttemptResult> = {}): AttemptResult => ({
  outcome,
  unsure: false,
  ms: 12,
  step: 0,
  newSteps: [],
  status: 200,
  request: 'POST https://partner.example/x',
  answer: 'what it said',
  ...more,
});

const context = { now: NOW, pausedMs: 0, random: 0.5, hold: false };

const after = (
  outcome: Outcome,
  { on = row(), more = {}, at = context }: Partial<After> = {},
): Transition => afterAttempt(on, result(outcome, more), at);
interface After {
  on: DeliveryDoc;
  more: Partial<AttemptResult>;
  at: typeof context;
}

const RETRY: Outcome = { kind: 'retry' };
const sure = { kind: 'delivered', proof: 'confirmed' } as const;

describe('final outcomes', () => {
  const table: [string, Outcome, string, string | undefined, 0 | 1][] = [
    ['delivered', { ...sure, attributed: 'yes' }, 'delivered', undefined, 1],
    ['delivered, unknown', { ...sure, attributed: 'unknown' }, 'delivered', undefined, 1],
    ['not attributed', { ...sure, attributed: 'no' }, 'delivered', 'not-attributed', 1],
    ['our duplicate', { kind: 'duplicate', ours: true }, 'duplicate', undefined, 1],
    ['a foreign duplicate', { kind: 'duplicate', ours: false }, 'duplicate', 'review', 1],
    ['refused', { kind: 'refused', reason: 'no such offer' }, 'refused', 'no such offer', 1],
    ['skipped', { kind: 'skipped', reason: 'unmapped' }, 'skipped', 'unmapped', 0],
  ];

  it.each(table)('%s', (_name, outcome, state, reason, attempts) => {
    const change = after(outcome);
    expect(change).toMatchObject({ final: true, attempts });
    expect([change.set.state, change.set.reason]).toEqual([state, reason]);
    expect(change.set.settledAt).toEqual(new Date(NOW));
    expect(change.set).not.toHaveProperty('wakeAt');
    expect(change.unset).toEqual(expect.arrayContaining(['token', 'wakeAt', 'sentAt']));
    // Either the reason is written anew, or that of an earlier state goes.
    expect(change.unset.includes('reason')).toBe(reason === undefined);
    expect(change.pause).toBeUndefined();
    expect(change.gateUntil).toBeUndefined();
  });

  it('cuts a long reason', () => {
    const change = after({ kind: 'refused', reason: 'x'.repeat(5000) });
    expect(change.set.reason).toHaveLength(200);
  });
});

describe('retry', () => {
  it('waits for the schedule', () => {
    const change = after(RETRY, { on: row({ attempts: 3 }) });
    expect(change.set).toEqual({ state: 'retry', wakeAt: new Date(NOW + 600_000) });
    expect(change).toMatchObject({ attempts: 1, final: false });
    expect(change.unset).toEqual(expect.arrayContaining(['token', 'sentAt', 'reason']));
    expect(change.unset).not.toContain('wakeAt');
  });

  it.each([
    ['the whole target on 429', 429, NOW + 90_000],
    ['the whole target on 503', 503, NOW + 90_000],
    ['only this delivery on any other status', 500, undefined],
  ])('with Retry-After stops %s', (_name, status, gateUntil) => {
    const change = after({ kind: 'retry', afterMs: 90_000 }, { more: { status } });
    expect(change.set.wakeAt).toEqual(new Date(NOW + 90_000));
    expect(change.gateUntil).toBe(gateUntil);
  });

  it('stops the target for as long as was asked, not for as long as this row waits', () => {
    const outcome = { kind: 'retry', afterMs: 5000 } as const;
    const change = after(outcome, { on: row({ attempts: 10 }), more: { status: 429 } });
    expect(change.gateUntil).toBe(NOW + 5000);
    expect(change.set.wakeAt?.getTime()).toBeGreaterThan(NOW + 3_600_000);
  });

  it.each([
    [0, 1000],
    [10 * 86_400_000, 6 * 3_600_000],
    [Number.NaN, undefined],
  ])('keeps a wait of %d ms within bounds: %p', (afterMs, wait) => {
    const change = after({ kind: 'retry', afterMs }, { more: { status: 429 } });
    expect(change.gateUntil).toBe(wait === undefined ? undefined : NOW + wait);
  });

  it('forgets the crashes of a row: this attempt has an outcome', () => {
    expect(after(RETRY, { on: row({ crashes: 2 }) }).set.crashes).toBe(0);
    expect(after(RETRY, { on: row() }).set).not.toHaveProperty('crashes');
  });

  it('ends dead at the deadline and after the twentieth try', () => {
    const late = after(RETRY, { at: { ...context, now: BORN + DEADLINE_MS } });
    const used = after(RETRY, { on: row({ attempts: 19 }) });
    for (const change of [late, used]) {
      expect(change).toMatchObject({ final: true, attempts: 1 });
      expect(change.set).toMatchObject({ state: 'dead', reason: 'deadline' });
      expect(change.set).not.toHaveProperty('wakeAt');
      expect(change.unset).toEqual(expect.arrayContaining(['token', 'wakeAt', 'sentAt']));
    }
  });

  it('never writes a wake-up time that is no time', () => {
    const change = after({ kind: 'retry', afterMs: Number.NaN });
    expect(change.set.wakeAt?.getTime()).toBeGreaterThan(NOW);
  });
});

describe('an attempt of unknown fate', () => {
  it('is told on the row, and stays told', () => {
    expect(after(RETRY, { more: { unsure: true } }).set).toMatchObject({
      state: 'retry',
      unsure: true,
    });
    const next = after(RETRY, { on: row({ unsure: true }) });
    expect(next.set).not.toHaveProperty('unsure');
    expect(next.unset).not.toContain('unsure');
  });

  it('waits for a person where the target wants that, until the deadline', () => {
    const change = after(RETRY, { more: { unsure: true }, at: { ...context, hold: true } });
    expect(change.set).toMatchObject({
      state: 'uncertain',
      reason: 'hold',
      unsure: true,
      wakeAt: new Date(BORN + DEADLINE_MS),
    });
    expect(change).toMatchObject({ final: false, attempts: 1 });
    expect(change.unset).toContain('token');
  });

  it('is an ordinary retry there when nothing can have arrived', () => {
    expect(after(RETRY, { at: { ...context, hold: true } }).set.state).toBe('retry');
  });

  it('is dead after the last try, and still told', () => {
    const change = after(RETRY, { on: row({ attempts: 19 }), more: { unsure: true } });
    expect(change.set).toMatchObject({ state: 'dead', reason: 'deadline', unsure: true });
  });
});

describe('a misconfigured target', () => {
  const outcome: Outcome = { kind: 'misconfigured', who: 'operator: API key (HTTP 401)' };

  it('is paused, and the delivery waits without a try spent', () => {
    const change = after(outcome, { on: row({ attempts: 19 }) });
    expect(change).toMatchObject({
      pause: 'operator: API key (HTTP 401)',
      attempts: 0,
      final: false,
    });
    expect(change.set).toEqual({ state: 'due', wakeAt: new Date(NOW) });
    expect(change.unset).toEqual(expect.arrayContaining(['token', 'sentAt']));
    expect(change.entry).toMatchObject({ outcome: 'misconfigured', note: outcome.who });
  });

  it('does not kill a delivery whose time is up meanwhile', () => {
    const change = after(outcome, { at: { ...context, now: BORN + 2 * DEADLINE_MS } });
    expect(change).toMatchObject({ final: false });
  });

  it('leaves no reason of an earlier state behind', () => {
    expect(after(outcome, { on: row({ reason: 'parent' }) }).unset).toContain('reason');
  });
});

describe('the deadline', () => {
  it('moves by what the target was paused since birth, and only by that', () => {
    expect(deadlineOf(row({ pausedMs: 5000 }), 5000)).toBe(BORN + DEADLINE_MS);
    expect(deadlineOf(row({ pausedMs: 5000 }), 65_000)).toBe(BORN + DEADLINE_MS + 60_000);
    expect(deadlineOf(row({ pausedMs: 5000 }), 0)).toBe(BORN + DEADLINE_MS);
  });

  it('lets a delivery be tried that was paused for three days', () => {
    const now = BORN + DEADLINE_MS + 1000;
    expect(after(RETRY, { at: { ...context, now } }).final).toBe(true);
    const paused = after(RETRY, { at: { ...context, now, pausedMs: DEADLINE_MS } });
    expect(paused.set.state).toBe('retry');
  });
});

describe('what an attempt taught', () => {
  const step = (id: string): StepEntry => ({ remoteIds: { [id]: id } });

  it('is kept: steps in order, remote ids merged, the latest word wins', () => {
    const on = row({ steps: [step('a')], remoteIds: { a: 'a', id: 'old' } });
    const outcome: Outcome = { ...sure, attributed: 'yes', remoteIds: { id: 'new' } };
    const change = after(outcome, { on, more: { newSteps: [step('b'), step('c')], step: 3 } });
    expect(change.set.steps).toEqual([step('a'), step('b'), step('c')]);
    expect(change.set.remoteIds).toEqual({ a: 'a', b: 'b', c: 'c', id: 'new' });
  });

  it.each<[string, Outcome]>([
    ['retry', RETRY],
    ['misconfigured', { kind: 'misconfigured', who: 'partner' }],
    ['refused', { kind: 'refused', reason: 'no' }],
  ])('is kept on %s, too', (_name, outcome) => {
    const change = after(outcome, { more: { newSteps: [step('b')], step: 1 } });
    expect(change.set.steps).toEqual([step('b')]);
    expect(change.set.remoteIds).toEqual({ b: 'b' });
  });

  it('writes nothing where nothing was learnt', () => {
    const change = after(RETRY);
    expect(change.set).not.toHaveProperty('steps');
    expect(change.set).not.toHaveProperty('remoteIds');
  });
});

describe('the entry of the attempt', () => {
  it('numbers the try and classes the latency, so that equal attempts are equal', () => {
    const change = after({ ...sure, attributed: 'yes' }, { on: row({ attempts: 4 }) });
    expect(change.entry).toEqual({
      n: 5,
      at: new Date(NOW),
      ms: 15,
      step: 0,
      outcome: 'delivered',
      proof: 'confirmed',
      status: 200,
    });
    expect([0, 1, 4, 15, 16, 10_000, 99_999].map(latencyClass)).toEqual([
      1, 1, 5, 15, 20, 10_000, 20_000,
    ]);
  });

  it('keeps request and answer only where it went wrong, and within bounds', () => {
    const more = { answer: 'a'.repeat(9000), request: `GET ${'u'.repeat(9000)}` };
    const bad = after({ kind: 'retry', note: 'n'.repeat(900) }, { more });
    expect(bad.entry?.answer).toHaveLength(4096);
    expect(bad.entry?.request).toHaveLength(2048);
    expect(bad.entry?.note).toHaveLength(500);
    const good = after({ ...sure, attributed: 'yes' }, { more });
    expect(good.entry).not.toHaveProperty('answer');
    expect(good.entry).not.toHaveProperty('request');
  });
});

describe('changes without an attempt', () => {
  it('puts a row back, with or without a reason', () => {
    expect(putBack('held', NOW, 'parent', 'd0')).toEqual({
      set: { state: 'held', wakeAt: new Date(NOW), reason: 'parent', parent: 'd0' },
      unset: ['token', 'sentAt'],
      attempts: 0,
      final: false,
    });
    expect(putBack('due', NOW).unset).toEqual(['token', 'sentAt', 'reason']);
    expect(putBack('due', NOW).set).toEqual({ state: 'due', wakeAt: new Date(NOW) });
  });

  it('ends a row', () => {
    const change = endRow('cancelled', 'not-in-plan', NOW);
    expect(change).toMatchObject({ attempts: 0, final: true });
    expect(change.set).toEqual({
      state: 'cancelled',
      reason: 'not-in-plan',
      settledAt: new Date(NOW),
    });
    expect(change.unset).toEqual(expect.arrayContaining(['token', 'wakeAt', 'sentAt']));
  });
});
