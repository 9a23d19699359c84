import { check, type Check } from './drill.js';
import type { DeliveryLine, Evidence } from './evidence.js';
import type { PartnerLine } from './partner.js';

export interface Expectation {
  /** Targets that every event goes to. */
  readonly targets: readonly string[];
  /** Final states that a delivery may end in; default delivered or duplicate. */
  readonly ends?: readonly string[];
  /** Repeats on the wire that the drill provokes by itself (partners that answer late or not at all), at most. */
  readonly repeats?: number;
}

const FINAL = new Set(['delivered', 'duplicate', 'skipped', 'refused', 'dead', 'cancelled']);
const TOLD = new Set(['delivered', 'duplicate']);
const keyOf = (order: string, type: string): string => `${order}:${type}`;
const pairOf = (event: string, target: string): string => `${event}|${target}`;
const few = (list: readonly string[]): string =>
  list.length === 0 ? '' : `: ${list.slice(0, 3).join(', ')}${list.length > 3 ? ', …' : ''}`;

function tally(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** L1: every telling that got a 2xx is in the ledger. */
export function accepted({ accepted: told, events }: Evidence): Check {
  const kept = new Set(events.map(({ order, type }) => keyOf(order, type)));
  const ids = new Set(told.map(({ id }) => id));
  const lost = [...ids].filter((id) => !kept.has(id));
  return check(
    'L1 accepted is kept',
    lost.length === 0 && ids.size > 0,
    `${ids.size} accepted, ${lost.length} lost${few(lost)}`,
  );
}

/** L2: exactly one delivery for each event and target, and each event once. */
export function plannedOnce({ events, deliveries }: Evidence, { targets }: Expectation): Check {
  const twice = [...tally(events.map(({ order, type }) => keyOf(order, type)))].filter(
    ([, n]) => n > 1,
  );
  const rows = tally(
    deliveries.filter(({ replay }) => !replay).map((row) => pairOf(row.event, row.target)),
  );
  const wanted = events.flatMap(({ event }) => targets.map((target) => pairOf(event, target)));
  const wrong = wanted.filter((pair) => rows.get(pair) !== 1);
  const strange = rows.size - (wanted.length - wrong.filter((pair) => !rows.has(pair)).length);
  const ok = twice.length === 0 && wrong.length === 0 && strange === 0;
  return check(
    'L2 planned once',
    ok,
    `${wanted.length} deliveries, ${wrong.length} missing or double, ${strange} unplanned, ${twice.length} events twice${few(wrong)}`,
  );
}

/** L3: at the end every delivery is final, in a state that this drill allows. */
export function settled({ deliveries }: Evidence, { ends }: Expectation): Check {
  const allowed = new Set(ends ?? TOLD);
  const states = tally(
    deliveries.map(({ state, reason }) => (reason === '' ? state : `${state} (${reason})`)),
  );
  const bad = deliveries.filter(({ state }) => !FINAL.has(state) || !allowed.has(state));
  const shown = [...states].map(([state, n]) => `${n} ${state}`).join(', ');
  return check(
    'L3 all final',
    bad.length === 0 && deliveries.length > 0,
    shown === '' ? 'no delivery' : shown,
  );
}

const said = (lines: readonly PartnerLine[]): readonly PartnerLine[] =>
  lines.filter(({ status, taken }) => status >= 200 && status < 300 && taken !== false);

/** L4: what the partners have under distinct idempotency ids is what the ledger calls delivered. */
export function countedOnce({ partners, deliveries }: Evidence): Check {
  const have = new Set(said(partners).map((line) => pairOf(line.event, line.partner)));
  const believed = new Set(
    deliveries.filter(({ state }) => TOLD.has(state)).map((row) => pairOf(row.event, row.target)),
  );
  const never = [...believed].filter((pair) => !have.has(pair));
  const unknown = [...have].filter((pair) => !believed.has(pair));
  return check(
    'L4 counted once',
    never.length === 0 && unknown.length === 0,
    `${have.size} at the partners, ${believed.size} in the ledger; ${never.length} never came, ${unknown.length} not on record${few([...never, ...unknown])}`,
  );
}

/** Deliveries that a partner took more than once. */
function wireRepeats(partners: readonly PartnerLine[]): Map<string, number> {
  const times = tally(said(partners).map((line) => pairOf(line.event, line.partner)));
  return new Map([...times].filter(([, n]) => n > 1).map(([pair, n]) => [pair, n - 1]));
}

/** How many requests told a partner what it had taken before. */
export const repeatsOf = (partners: readonly PartnerLine[]): number =>
  [...wireRepeats(partners).values()].reduce((sum, n) => sum + n, 0);

/** L5: a partner hears a delivery again only when a process died holding it; each repeat is listed with its crash. */
export function repeatsExplained(evidence: Evidence, { repeats = 0 }: Expectation): Check {
  const claimed = tally(evidence.crashes.flatMap((crash) => crash.claimed));
  const again = wireRepeats(evidence.partners);
  const unexplained = [...again].filter(([pair, n]) => n > (claimed.get(pair) ?? 0));
  const count = unexplained.reduce((sum, [pair, n]) => sum + n - (claimed.get(pair) ?? 0), 0);
  const all = [...again.values()].reduce((sum, n) => sum + n, 0);
  return check(
    'L5 repeats explained',
    count <= repeats,
    `${all} on the wire, ${count} without a crash (${repeats} allowed), ${evidence.crashes.length} crashes${few(unexplained.map(([pair]) => pair))}`,
  );
}

/** L6: nothing in the ledger that nobody sent. */
export function nothingInvented({ sent, events }: Evidence): Check {
  const known = new Set(sent.map(({ id }) => id));
  const strange = events
    .map(({ order, type }) => keyOf(order, type))
    .filter((key) => !known.has(key));
  return check(
    'L6 nothing invented',
    strange.length === 0,
    `${events.length} events, ${strange.length} never sent${few(strange)}`,
  );
}

/** L7: to the cent, by type: what the ledger holds, what was sent of it, and what the partners were told. */
export function sums(evidence: Evidence, { targets }: Expectation): Check {
  const amounts = new Map(evidence.sent.map(({ id, amount }) => [id, amount]));
  const wrong: string[] = [];
  const total = { sent: 0, ledger: 0, told: 0 };
  const sign = (type: string): number => (type === 'REFUND' ? -1 : 1);
  for (const { order, type, amount } of evidence.events) {
    total.ledger += sign(type) * amount;
    total.sent += sign(type) * (amounts.get(keyOf(order, type)) ?? 0);
    if (amounts.get(keyOf(order, type)) !== amount) wrong.push(keyOf(order, type));
  }
  const final = new Set(told(evidence.deliveries));
  const heard = new Map(
    said(evidence.partners).map((line) => [pairOf(line.event, line.partner), line]),
  );
  let owed = 0;
  for (const { event, type, amount } of evidence.events) {
    for (const target of targets) if (final.has(pairOf(event, target))) owed += sign(type) * amount;
  }
  for (const line of heard.values()) total.told += sign(line.type) * minor(line.amount);
  const ok = wrong.length === 0 && total.sent === total.ledger && total.told === owed;
  return check(
    'L7 sums to the cent',
    ok,
    `sent ${total.sent}, ledger ${total.ledger}, partners ${total.told} of ${owed} cents; ${wrong.length} amounts differ`,
  );
}

const told = (rows: readonly DeliveryLine[]): string[] =>
  rows.filter(({ state }) => TOLD.has(state)).map((row) => pairOf(row.event, row.target));

/** "49.00" → 4900, without a float; a sign of its own is the partner's business. */
function minor(decimal: string): number {
  const [, whole = '', cents = ''] = /^-?(\d+)(?:\.(\d{2}))?$/.exec(decimal) ?? [];
  return whole === '' ? Number.NaN : Number(whole) * 100 + Number(cents === '' ? 0 : cents);
}

/** L1 to L7 over the files of one run. */
export const judge = (evidence: Evidence, expected: Expectation): readonly Check[] => [
  accepted(evidence),
  plannedOnce(evidence, expected),
  settled(evidence, expected),
  countedOnce(evidence),
  repeatsExplained(evidence, expected),
  nothingInvented(evidence),
  sums(evidence, expected),
];
