import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Check } from './drill.js';
import type { DeliveryLine, Evidence, EventLine } from './evidence.js';
import { judge, repeatsOf, settled } from './oracles.js';
import type { PartnerLine } from './partner.js';

const TARGETS = ['p0', 'p1'];

const eventOf = (n: number): EventLine => ({
  event: `e${n}`,
  order: `o${n}`,
  type: n % 4 === 3 ? 'REFUND' : 'SALE',
  amount: 100 + n,
});

const rowOf = (event: string, target: string): DeliveryLine => ({
  id: `${event}-${target}`,
  event,
  target,
  state: 'delivered',
  reason: '',
  attempts: 1,
  replay: false,
});

const decimal = (amount: number): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;

const heard = ({ event, order, type, amount }: EventLine, partner: string): PartnerLine => ({
  partner,
  event,
  order,
  type,
  amount: decimal(amount),
  at: 1,
  status: 200,
});

/** A run without a fault: `count` events, each delivered once to both partners. */
function good(count: number): Evidence {
  const events = Array.from({ length: count }, (_, n) => eventOf(n));
  const told = events.map(({ order, type, amount }) => ({
    id: `${order}:${type}`,
    order,
    type,
    amount,
  }));
  return {
    sent: told,
    accepted: told.map(({ id }) => ({ id })),
    partners: events.flatMap((event) => TARGETS.map((target) => heard(event, target))),
    events,
    deliveries: events.flatMap(({ event }) => TARGETS.map((target) => rowOf(event, target))),
    crashes: [],
  };
}

const red = (evidence: Evidence, more: { ends?: string[]; repeats?: number } = {}): string[] =>
  judge(evidence, { targets: TARGETS, ...more })
    .filter(({ ok }) => !ok)
    .map(({ name }) => name.slice(0, 2));

const without = <T>(list: readonly T[], i: number): T[] => list.filter((_, at) => at !== i);
const changed = <T>(list: readonly T[], i: number, change: Partial<T>): T[] =>
  list.map((one, at) => (at === i ? { ...one, ...change } : one));
const again = <T>(list: readonly T[], i: number): T[] => [...list, ...list.slice(i, i + 1)];

/** One fault at event `i`: what it does to a good run, and exactly the oracles that must see it. */
const FAULTS: Readonly<Record<string, readonly [(e: Evidence, i: number) => Evidence, string[]]>> =
  {
    'an event is lost with its deliveries': [
      (e, i) => ({
        ...e,
        events: without(e.events, i),
        deliveries: e.deliveries.filter(({ event }) => event !== `e${i}`),
        partners: e.partners.filter(({ event }) => event !== `e${i}`),
      }),
      ['L1'],
    ],
    'a delivery was never planned': [
      (e, i) => ({
        ...e,
        deliveries: without(e.deliveries, 2 * i),
        partners: without(e.partners, 2 * i),
      }),
      ['L2'],
    ],
    'an event stands in the ledger twice': [
      (e, i) => {
        const twin = { ...eventOf(i), event: 'twin' };
        return {
          ...e,
          events: [...e.events, twin],
          deliveries: [...e.deliveries, ...TARGETS.map((target) => rowOf('twin', target))],
          partners: [...e.partners, ...TARGETS.map((target) => heard(twin, target))],
        };
      },
      ['L2'],
    ],
    'a delivery of no event': [
      (e) => ({ ...e, deliveries: [...e.deliveries, { ...rowOf('nobody', 'p0'), state: 'dead' }] }),
      ['L2', 'L3'],
    ],
    'a delivery is still open': [
      (e, i) => ({
        ...e,
        deliveries: changed(e.deliveries, 2 * i, { state: 'retry' }),
        partners: changed(e.partners, 2 * i, { status: 500 }),
      }),
      ['L3'],
    ],
    'a delivery ended in a state that is not allowed': [
      (e, i) => ({
        ...e,
        deliveries: changed(e.deliveries, 2 * i, { state: 'dead', reason: 'deadline' }),
        partners: changed(e.partners, 2 * i, { status: 500 }),
      }),
      ['L3'],
    ],
    'called delivered, but the partner has only refused it': [
      (e, i) => ({ ...e, partners: changed(e.partners, 2 * i, { status: 500 }) }),
      ['L4', 'L7'],
    ],
    'the partner has it, the ledger does not know': [
      (e, i) => ({ ...e, deliveries: changed(e.deliveries, 2 * i, { state: 'dead' }) }),
      ['L3', 'L4', 'L7'],
    ],
    'a partner heard it again, and nothing had crashed': [
      (e, i) => ({ ...e, partners: again(e.partners, 2 * i) }),
      ['L5'],
    ],
    'an event that nobody sent': [
      (e, i) => ({
        ...e,
        sent: without(e.sent, i),
        accepted: without(e.accepted, i),
      }),
      ['L6', 'L7'],
    ],
    'the ledger holds another amount': [
      (e, i) => ({ ...e, events: changed(e.events, i, { amount: 1 }) }),
      ['L7'],
    ],
    'a partner was told another amount': [
      (e, i) => ({ ...e, partners: changed(e.partners, 2 * i, { amount: '0.07' }) }),
      ['L7'],
    ],
    'a partner was told no amount at all': [
      (e, i) => ({ ...e, partners: changed(e.partners, 2 * i, { amount: '' }) }),
      ['L7'],
    ],
  };

describe('the oracles', () => {
  it('are green for every run without a fault', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), (n) => {
        expect(red(good(n))).toEqual([]);
      }),
    );
  });

  it.each(Object.entries(FAULTS))(
    '%s: the oracles for that go red, and no other',
    (_what, fault) => {
      const [harm, wanted] = fault;
      const runs = fc
        .integer({ min: 2, max: 30 })
        .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n - 1 })));
      fc.assert(
        fc.property(runs, ([n, i]) => {
          expect(red(harm(good(n), i))).toEqual(wanted);
        }),
      );
    },
  );

  it('call a run in which nothing happened no proof', () => {
    const names = red(good(0));
    expect(names).toEqual(['L1', 'L3']);
  });

  it('take a replay for no second plan', () => {
    const e = good(3);
    const replay = { ...rowOf('e0', 'p0'), id: 'again', replay: true };
    const partners = again(e.partners, 0);
    const evidence = { ...e, deliveries: [...e.deliveries, replay], partners };
    expect(red(evidence, { repeats: 1 })).toEqual([]);
  });

  it('allow the ends that a drill names, and only those', () => {
    const e = good(3);
    const deliveries = changed(e.deliveries, 0, { state: 'dead' });
    const partners = changed(e.partners, 0, { status: 500 });
    const evidence = { ...e, deliveries, partners };
    expect(red(evidence, { ends: ['delivered', 'dead'] })).toEqual([]);
    expect(red(evidence, { ends: ['delivered', 'refused'] })).toEqual(['L3']);
  });

  it('never allow an end that is none', () => {
    const e = good(2);
    const open: Check = settled(
      { ...e, deliveries: changed(e.deliveries, 0, { state: 'uncertain' }) },
      { targets: TARGETS, ends: ['delivered', 'uncertain'] },
    );
    expect(open.ok).toBe(false);
  });
});

describe('repeats on the wire', () => {
  const twice = (times: number): Evidence => {
    const e = good(3);
    const more = Array.from({ length: times }, () => e.partners[0]).flatMap((one) => one ?? []);
    return { ...e, partners: [...e.partners, ...more] };
  };
  const crash = (claimed: string[]) => ({ at: 1, what: 'kill -9 r0', claimed });

  it('are explained by the crash of who held that very delivery, once per crash', () => {
    const holder = crash(['e0|p0', 'e1|p1']);
    expect(red({ ...twice(1), crashes: [holder] })).toEqual([]);
    expect(red({ ...twice(2), crashes: [holder] })).toEqual(['L5']);
    expect(red({ ...twice(2), crashes: [holder, holder] })).toEqual([]);
    expect(red({ ...twice(1), crashes: [crash(['e0|p1', 'e1|p0'])] })).toEqual(['L5']);
  });

  it('are allowed as far as the drill provokes them', () => {
    expect(red(twice(2), { repeats: 2 })).toEqual([]);
    expect(red(twice(3), { repeats: 2 })).toEqual(['L5']);
  });

  it('are counted by what the partner took; what it refused was no telling', () => {
    const e = good(3);
    const refused = e.partners.slice(0, 1).map((line) => ({ ...line, status: 503 }));
    expect(repeatsOf([...refused, ...e.partners])).toBe(0);
    expect(repeatsOf(twice(2).partners)).toBe(2);
  });
});
