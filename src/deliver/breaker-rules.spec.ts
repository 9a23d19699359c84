import { describe, expect, it } from '@jest/globals';
import {
  BREAKER,
  CLOSED,
  decode,
  encode,
  phaseOf,
  recover,
  relapse,
  shut,
  takeProbe,
  trip,
  type Change,
  type SharedTarget,
} from './breaker-rules.js';

const T = Date.parse('2026-11-20T10:00:00.000Z');
const half = 0.5;
const S = BREAKER;

/** State, what happens after so many seconds, and what must come of it. */
interface Step {
  readonly after: number;
  readonly change: Change;
  readonly phase: string;
  /** Seconds from then to the end of the window. */
  readonly window?: number;
  /** The change does not apply. */
  readonly refused?: true;
}

const play = (steps: readonly Step[]): void => {
  let state: SharedTarget = CLOSED;
  let now = T;
  for (const [i, step] of steps.entries()) {
    now += step.after * 1000;
    const next = step.change(state, now);
    expect([i, next === undefined]).toEqual([i, step.refused === true]);
    state = next ?? state;
    expect([i, phaseOf(state, now)]).toEqual([i, step.phase]);
    if (step.window !== undefined)
      expect([i, (state.until - now) / 1000]).toEqual([i, step.window]);
  }
};

const open = (after: number, window: number): Step[] => [
  { after, change: takeProbe('me', S), phase: 'half-open' },
  { after: 1, change: relapse('me', S, half), phase: 'open', window },
];

describe('the breaker of a target', () => {
  it('doubles its window with every failed probe, up to a quarter of an hour', () => {
    play([
      { after: 0, change: trip(S, half), phase: 'open', window: 30 },
      ...[60, 120, 240, 480, 900, 900, 900].flatMap((window, i, all) =>
        open(i === 0 ? 30 : (all[i - 1] ?? 0), window),
      ),
    ]);
  });

  it('closes with the first answer, and begins small the next time', () => {
    play([
      { after: 0, change: trip(S, half), phase: 'open', window: 30 },
      ...open(30, 60),
      { after: 60, change: takeProbe('me', S), phase: 'half-open' },
      { after: 2, change: recover('me'), phase: 'closed' },
      { after: 5, change: trip(S, half), phase: 'open', window: 30 },
    ]);
  });

  it('is opened once by many: who comes second finds it open', () => {
    play([
      { after: 0, change: trip(S, half), phase: 'open', window: 30 },
      { after: 1, change: trip(S, half), phase: 'open', window: 29, refused: true },
    ]);
  });

  it('has one probe, not before the window is over, and another only when that one is given up', () => {
    play([
      { after: 0, change: takeProbe('me', S), phase: 'closed', refused: true },
      { after: 0, change: trip(S, half), phase: 'open' },
      { after: 29.999, change: takeProbe('me', S), phase: 'open', refused: true },
      { after: 0.001, change: takeProbe('me', S), phase: 'half-open' },
      { after: 0, change: takeProbe('you', S), phase: 'half-open', refused: true },
      { after: 29.999, change: takeProbe('you', S), phase: 'half-open', refused: true },
      { after: 0.001, change: takeProbe('you', S), phase: 'half-open' },
      { after: 1, change: recover('me'), phase: 'half-open', refused: true },
      { after: 0, change: relapse('me', S, half), phase: 'half-open', refused: true },
      { after: 0, change: recover('you'), phase: 'closed' },
      { after: 0, change: relapse('you', S, half), phase: 'closed', refused: true },
    ]);
  });

  it.each([
    [0, 24_000],
    [0.5, 30_000],
    [0.999_999, 36_000],
  ])('spreads its windows by a fifth: random %d', (random, ms) => {
    expect(trip(S, random)(CLOSED, T)?.until).toBe(T + ms);
  });

  it('keeps a named wait through every turn, and only the longest', () => {
    const waiting = shut(T + 500)(CLOSED, T) ?? CLOSED;
    expect(shut(T + 400)(waiting, T)).toBeUndefined();
    const tripped = trip(S, half)(waiting, T) ?? CLOSED;
    const probed = takeProbe('me', S)(tripped, T + 30_000) ?? CLOSED;
    const closed = recover('me')(probed, T + 30_001);
    expect(closed).toEqual({ ...CLOSED, since: T + 30_001, gate: T + 500 });
  });
});

describe('a stored state', () => {
  it('is read as it was written', () => {
    const state = trip(S, half)(CLOSED, T) ?? CLOSED;
    expect(decode(encode(state))).toEqual(state);
  });

  const good = trip(S, half)(CLOSED, T) ?? CLOSED;

  it.each([
    '',
    'null',
    '[]',
    '"open"',
    '{',
    '{"opens":1}',
    encode({ ...good, opens: -1 }),
    encode({ ...good, opens: 0.5 }),
    encode({ ...good, until: Number.POSITIVE_INFINITY }),
    encode({ ...good, until: '1' as unknown as number }),
    encode({ ...good, probe: 7 as unknown as string }),
  ])('that is none lets everything through: %s', (text) => {
    expect(decode(text)).toEqual(CLOSED);
  });
});
