import { beforeEach, describe, expect, it } from '@jest/globals';
import { Configuration, type Route, type Target } from '../accounts/index.js';
import type { EventType, TargetPlugin } from '../contract/index.js';
import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import type { HttpAnswer, HttpPort, HttpRequest } from '../platform/http/http-port.js';
import type { TargetStates } from '../settle/target-states.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { sampleEvent } from '../testing/sample-event.js';
import { askedTarget, heldTarget, hookTarget } from '../../test/journey/toys.js';
import { Attempts } from './attempt.js';
import type { Claimed, Claims } from './claims.js';
import type { Parents, ParentVerdict } from './parents.js';

const BORN = Date.parse('2026-11-20T10:00:00.000Z');

const eventOf = (type: EventType = 'SALE', more: Partial<EventDoc> = {}): EventDoc => {
  const plan = [{ target: 'tap', route: 'r', configVersion: 1 }];
  const { id: _drop, ...rest } = sampleEvent({ type, plan, attribution: { offerId: 'keto' } });
  return { ...rest, _id: 'e1', at: new Date(BORN), ...more };
};

const row = (more: Partial<DeliveryDoc> = {}): DeliveryDoc => ({
  _id: 'd1',
  event: 'e1',
  target: 'tap',
  account: 'acme',
  type: 'SALE',
  route: 'r',
  configVersion: 1,
  state: 'sending',
  token: 't',
  attempts: 0,
  crashes: 0,
  at: new Date(BORN),
  pausedMs: 0,
  ...more,
});

describe('an attempt', () => {
  let clock: FakeClock;
  let sent: HttpRequest[];
  let asked: HttpRequest[];
  let answer: HttpAnswer;
  let verdict: ParentVerdict;
  let views: number;
  let ours: boolean;
  let steps: string[];

  beforeEach(() => {
    clock = fakeClock(BORN + 10_020);
    sent = [];
    asked = [];
    answer = { kind: 'response', status: 200, headers: {}, body: 'R1', truncated: false, ms: 5 };
    verdict = { kind: 'go' };
    views = 0;
    ours = true;
    steps = [];
  });

  const port = (to: HttpRequest[], name: string): HttpPort => ({
    send: (request) => {
      to.push(request);
      steps.push(name);
      return Promise.resolve(answer);
    },
    close: () => Promise.resolve(),
  });

  interface Setting {
    readonly event?: EventDoc | null;
    readonly row?: DeliveryDoc;
    readonly plugin?: unknown;
    readonly route?: Partial<Route>;
  }

  function run({ event = eventOf(), row: on = row(), plugin = hookTarget, route }: Setting = {}) {
    const target: Target = {
      id: 'tap',
      plugin: plugin as TargetPlugin,
      settings: { url: 'https://partner.example/own' },
      options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
    };
    const configuration = new Configuration({
      accounts: [],
      targets: [target],
      routes: [
        {
          id: 'r',
          from: '*',
          to: ['tap'],
          events: null,
          test: false,
          offers: null,
          affiliates: null,
          settingsFor: new Map(),
          specificity: 0,
          ...route,
        },
      ],
      offers: [],
      programmes: [],
      plugins: [],
      referenced: [],
      warnings: [],
    });
    const attempts = new Attempts({
      configuration,
      parents: {
        view: () => {
          views += 1;
          return Promise.resolve({ events: [eventOf()], rows: [] });
        },
        verdict: () => verdict,
        history: () => [],
      } as unknown as Parents,
      claims: {
        markSent: () => {
          steps.push('mark');
          return Promise.resolve(ours);
        },
      } as unknown as Claims,
      states: { pausedMs: () => 0 } as unknown as TargetStates,
      clock,
      lookups: port(asked, 'look up'),
      random: () => 0.5,
      fault: (name) => void steps.push(name),
    });
    const claim: Claimed = {
      id: 'd1',
      token: 't',
      until: BORN + 60_000,
      row: on,
      ...(event ? { event } : {}),
    };
    return attempts.run(claim, target, port(sent, 'send'));
  }

  it('sends and says what became of it', async () => {
    const attempted = await run();
    expect(attempted?.transition).toMatchObject({
      final: true,
      attempts: 1,
      set: { state: 'delivered', remoteIds: { id: 'R1' }, settledAt: new Date(BORN + 10_000) },
    });
    expect(attempted?.result).toMatchObject({ status: 200, ms: 5 });
    expect(steps).toEqual(['after-claim', 'before-send', 'send', 'after-send']);
    expect(views).toBe(0);
  });

  it.each([
    ['asked', askedTarget],
    ['held', heldTarget],
  ])('is marked before the socket where the fate matters (%s)', async (_name, plugin) => {
    await run({ plugin });
    expect(steps).toEqual(['after-claim', 'mark', 'before-send', 'send', 'after-send']);
  });

  it('sends nothing when the claim was lost meanwhile', async () => {
    ours = false;
    expect(await run({ plugin: askedTarget })).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it.each<[string, Partial<DeliveryDoc>, number]>([
    ['the first', {}, 0],
    ['an uncertain', { unsure: true }, 1],
    ['a later', { attempts: 1 }, 1],
  ])('%s one asks the partner first where it can', async (_name, more, times) => {
    await run({ plugin: askedTarget, row: row(more) });
    expect([asked.length, sent.length]).toEqual([times, 1 - times]);
  });

  it('waits for an event that is being written, and ends when it never was', async () => {
    const wait = await run({ event: null });
    expect(wait?.transition).toMatchObject({ set: { state: 'due' }, attempts: 0, final: false });
    expect(wait?.transition.set.wakeAt?.getTime()).toBeGreaterThan(clock.now());
    clock.set(BORN + 11 * 60_000);
    const lost = await run({ event: null });
    expect(lost?.transition).toMatchObject({
      set: { state: 'cancelled', reason: 'event-never-acknowledged' },
      final: true,
    });
    expect(sent).toEqual([]);
  });

  it('keeps to the frozen plan, unless a person replays', async () => {
    const event = eventOf('SALE', { plan: [] });
    expect((await run({ event }))?.transition.set).toMatchObject({
      state: 'cancelled',
      reason: 'not-in-plan',
    });
    expect(sent).toEqual([]);
    const replay = await run({ event, row: row({ replayOf: 'd0' }) });
    expect(replay?.transition.set.state).toBe('delivered');
  });

  it.each<[string, Partial<Route>, string]>([
    ['the offer', { offers: ['keto'] }, 'delivered'],
    ['another offer', { offers: ['other'] }, 'skipped'],
    ['another affiliate', { affiliates: ['other'] }, 'skipped'],
    ['the affiliate', { affiliates: ['aff9'] }, 'delivered'],
    ['both', { offers: ['keto'], affiliates: ['other'] }, 'skipped'],
  ])('of a route for %s', async (_name, route, state) => {
    const attempted = await run({ route });
    expect(attempted?.transition.set.state).toBe(state);
    if (state === 'skipped') expect(attempted?.transition.set.reason).toBe('unmapped');
    expect(sent).toHaveLength(state === 'skipped' ? 0 : 1);
  });

  it('uses the settings of its route, else those of the target', async () => {
    await run({ route: { settingsFor: new Map([['tap', { url: 'https://partner.example/r' }]]) } });
    await run({ row: row({ route: 'gone' }) });
    expect(sent.map((request) => request.url)).toEqual([
      'https://partner.example/r',
      'https://partner.example/own',
    ]);
  });

  describe('of a reversal', () => {
    const reversal = () => run({ event: eventOf('REFUND'), row: row({ type: 'REFUND' }) });

    it('goes when its sale is there', async () => {
      expect((await reversal())?.transition.set.state).toBe('delivered');
      expect(views).toBe(1);
    });

    it('waits without a try, and remembers for whom', async () => {
      verdict = { kind: 'wait', parent: 'd-sale' };
      const attempted = await reversal();
      expect(attempted).not.toHaveProperty('result');
      expect(attempted?.transition).toMatchObject({ attempts: 0, final: false });
      expect(attempted?.transition.set).toMatchObject({
        state: 'held',
        reason: 'parent',
        parent: 'd-sale',
        wakeAt: new Date(BORN + 10_000 + 2500),
      });
    });

    it('is skipped when its sale will never be there', async () => {
      verdict = { kind: 'skip' };
      expect((await reversal())?.transition).toMatchObject({
        set: { state: 'skipped', reason: 'parent-not-delivered' },
        final: true,
        attempts: 0,
      });
      expect(sent).toEqual([]);
    });
  });

  it('never tells a live target of a test, not even when replayed', async () => {
    const event = eventOf('SALE', { test: true });
    const attempted = await run({ event, row: row({ replayOf: 'd0' }) });
    expect(sent).toEqual([]);
    expect(attempted?.transition.set).toMatchObject({ state: 'skipped', reason: 'test' });
  });
});
