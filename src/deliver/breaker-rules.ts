/** When a breaker opens, and for how long. All times are milliseconds. */
export interface BreakerSettings {
  /** Attempts of so long count together. */
  readonly windowMs: number;
  /** Fewer attempts than these in the window prove nothing. */
  readonly attempts: number;
  /** Share of failures among them that opens, 0 to 1. */
  readonly share: number;
  /** So many failures one after the other open, too, however long they took. */
  readonly inARow: number;
  /** The first window without requests; each failed probe doubles it … */
  readonly openMs: number;
  /** … up to here. */
  readonly maxOpenMs: number;
  /** Every window is longer or shorter by up to this share, so that replicas and targets do not march in step. */
  readonly jitter: number;
  /** A probe without an outcome is given up after this; longer than one exchange with a partner may take. */
  readonly probeMs: number;
  /** After a recovery the target gets its full rate again over this time. */
  readonly rampMs: number;
}

export const BREAKER: BreakerSettings = {
  windowMs: 60_000,
  attempts: 10,
  share: 0.7,
  inARow: 20,
  openMs: 30_000,
  maxOpenMs: 900_000,
  jitter: 0.2,
  probeMs: 30_000,
  rampMs: 120_000,
};

/** What all replicas know of one target. Times are epoch milliseconds. */
export interface SharedTarget {
  /** Windows in a row without a recovery; 0: closed. */
  readonly opens: number;
  /** End of the present window. */
  readonly until: number;
  /** Whose probe is on its way; '' for nobody's. */
  readonly probe: string;
  readonly probeUntil: number;
  /** The last recovery; 0: none that still matters. */
  readonly since: number;
  /** The partner asked to be left alone until then (Retry-After); 0: it did not. */
  readonly gate: number;
}

/** A target of which nothing is known lets everything through. */
export const CLOSED: SharedTarget = {
  opens: 0,
  until: 0,
  probe: '',
  probeUntil: 0,
  since: 0,
  gate: 0,
};

export type BreakerPhase = 'closed' | 'open' | 'half-open';

export function phaseOf(state: SharedTarget, now: number): BreakerPhase {
  if (state.opens === 0) return 'closed';
  return now < state.until ? 'open' : 'half-open';
}

/** `random`: 0 ≤ x < 1. */
function windowMs(opens: number, settings: BreakerSettings, random: number): number {
  const plain = Math.min(settings.openMs * 2 ** (opens - 1), settings.maxOpenMs);
  return Math.round(plain * (1 - settings.jitter + 2 * settings.jitter * random));
}

/** A change of the shared state; undefined: it does not apply to what is there, nothing is to be written. */
export type Change = (state: SharedTarget, now: number) => SharedTarget | undefined;

const opened = (
  state: SharedTarget,
  now: number,
  settings: BreakerSettings,
  random: number,
): SharedTarget => {
  const opens = state.opens + 1;
  const until = now + windowMs(opens, settings, random);
  return { ...state, opens, until, probe: '', probeUntil: 0, since: 0 };
};

/** Closed to open. Whoever comes second finds it open, and the window is not doubled. */
export const trip =
  (settings: BreakerSettings, random: number): Change =>
  (state, now) =>
    state.opens === 0 ? opened(state, now, settings, random) : undefined;

/** The window is over: one holder, over all replicas, may send one request. */
export const takeProbe =
  (holder: string, settings: BreakerSettings): Change =>
  (state, now) => {
    const free = state.probe === '' || state.probeUntil <= now;
    return phaseOf(state, now) === 'half-open' && free
      ? { ...state, probe: holder, probeUntil: now + settings.probeMs }
      : undefined;
  };

/** The partner answered the probe: closed, and the next window is a first one again. */
export const recover =
  (holder: string): Change =>
  (state, now) =>
    state.opens > 0 && state.probe === holder
      ? { ...CLOSED, since: now, gate: state.gate }
      : undefined;

/** The probe failed: the next window is twice as long. */
export const relapse =
  (holder: string, settings: BreakerSettings, random: number): Change =>
  (state, now) =>
    state.opens > 0 && state.probe === holder ? opened(state, now, settings, random) : undefined;

/** The partner named a moment before which it wants no request. */
export const shut =
  (gate: number): Change =>
  (state) =>
    gate > state.gate ? { ...state, gate } : undefined;

/** How long the state is worth keeping, milliseconds: an hour past the last moment in it. */
export function keepMs(state: SharedTarget, now: number, settings: BreakerSettings): number {
  const last = Math.max(state.until, state.probeUntil, state.gate, state.since + settings.rampMs);
  return Math.max(0, last - now) + 3_600_000;
}

const NUMBERS = ['opens', 'until', 'probeUntil', 'since', 'gate'] as const;

export const encode = (state: SharedTarget): string => JSON.stringify(state);

/** Reads the stored text. Missing or malformed reads as closed: a lost state lets traffic through, never stops it. */
export function decode(text: string): SharedTarget {
  try {
    const found = JSON.parse(text) as Partial<Record<keyof SharedTarget, unknown>> | null;
    const sound =
      NUMBERS.every((name) => Number.isFinite(found?.[name]) && Number(found?.[name]) >= 0) &&
      Number.isInteger(found?.opens) &&
      typeof found?.probe === 'string';
    if (!sound) return CLOSED;
    const { opens, until, probe, probeUntil, since, gate } = found as SharedTarget;
    return { opens, until, probe, probeUntil, since, gate };
  } catch {
    return CLOSED;
  }
}
