import { DEADLINE_MS, GAPS_MS, MAX_TRIES } from '../../src/settle/schedule.js';
import { check, type Check } from './drill.js';
import type { PartnerLine } from './partner.js';

const HOUR = 3_600_000;
/** Writes of one moment share it (milliseconds). */
const GRAIN_MS = 50;

/** Deliveries due within 2 % of their age share a step of the clock, but never of more than a quarter of an hour. */
export const slackMs =
  (born: number) =>
  (now: number): number =>
    Math.min(Math.max((now - born) / 50, 250), 900_000);

export interface Tries {
  readonly counts: readonly number[];
  /** Gaps outside their place in the schedule, in words. */
  readonly wrong: readonly string[];
  readonly gaps: number;
  /** The last try of all, milliseconds after birth. */
  readonly lastMs: number;
}

function gapFits(n: number, gap: number, age: number): boolean {
  const wanted = GAPS_MS[n - 1] ?? 0;
  const late = slackMs(0)(age) + GRAIN_MS;
  // The last try is moved to the deadline: then the gap is as long as it must be.
  if (age >= DEADLINE_MS - GRAIN_MS) return gap > 0;
  const low = n <= 3 ? 1000 : wanted * 0.8;
  const high = n <= 3 ? wanted : wanted * 1.2;
  return gap >= low - GRAIN_MS && gap <= Math.max(high, 1000) + late;
}

/** Reads the tries of each event at one partner from that partner's own file. */
export function triesOf(lines: readonly PartnerLine[], partner: string, born: number): Tries {
  const byEvent = new Map<string, number[]>();
  for (const line of lines) {
    if (line.partner !== partner) continue;
    byEvent.set(line.event, [...(byEvent.get(line.event) ?? []), line.at]);
  }
  const wrong: string[] = [];
  let gaps = 0;
  let lastMs = 0;
  for (const [event, times] of byEvent) {
    for (let n = 1; n < times.length; n += 1) {
      const [before = 0, at = 0] = [times[n - 1], times[n]];
      gaps += 1;
      if (!gapFits(n, at - before, at - born))
        wrong.push(`${event.slice(0, 8)} after try ${n}: ${at - before} ms`);
    }
    lastMs = Math.max(lastMs, (times.at(-1) ?? 0) - born);
  }
  return { counts: [...byEvent.values()].map((times) => times.length), wrong, gaps, lastMs };
}

export function scheduleChecks(
  { counts, wrong, gaps, lastMs }: Tries,
  events: number,
): readonly Check[] {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return [
    check(
      'every event was tried to the end',
      counts.length === events && least >= 17 && most <= MAX_TRIES,
      `${counts.length} of ${events} events, ${least} to ${most} tries each`,
    ),
    check(
      'gaps within the schedule ± 20 %',
      wrong.length === 0 && gaps > 0,
      `${gaps} gaps, ${wrong.length} outside ${wrong.slice(0, 3).join('; ')}`,
    ),
    check('last try within 72 h', lastMs <= DEADLINE_MS, `${(lastMs / HOUR).toFixed(4)} h`),
  ];
}
