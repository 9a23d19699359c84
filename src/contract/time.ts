import { DateTime, IANAZone } from 'luxon';

/** ISO 8601 UTC with milliseconds from epoch seconds; undefined when unreadable or outside 2000–2100. */
export const fromEpochSeconds = (value: string | number | undefined): string | undefined =>
  fromEpoch(value, 1000);

/** The same from epoch milliseconds. */
export const fromEpochMs = (value: string | number | undefined): string | undefined =>
  fromEpoch(value, 1);

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

function plausible(ms: number): string | undefined {
  return Number.isFinite(ms) && ms >= EARLIEST && ms < LATEST
    ? new Date(ms).toISOString()
    : undefined;
}

function fromEpoch(value: string | number | undefined, factor: number): string | undefined {
  return /^\d{1,14}(\.\d+)?$/.test(String(value ?? ''))
    ? plausible(Math.floor(Number(value) * factor))
    : undefined;
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)$/;

/**
 * ISO 8601, extended (`2023-07-28T02:07:57+00:00`) or basic (`20220810T162015-0700`), with an offset or Z.
 * Without an offset it is not an instant: `undefined` (use `fromWallClock`).
 */
export function fromIso(text: string | undefined): string | undefined {
  const m = ISO.exec(text?.trim() ?? '');
  if (!m) return undefined;
  const [, y, mo, d, h, mi, s = '00', f = '', zone = 'Z'] = m;
  // Date.parse rolls 30 February over into March.
  if (Number(d) > new Date(Date.UTC(Number(y), Number(mo), 0)).getUTCDate()) return undefined;
  const offset =
    zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.replace(':', '').slice(3) || '00'}`;
  const ms = f.padEnd(3, '0').slice(0, 3);
  return plausible(Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}${offset}`));
}

export interface WallClock {
  /** ISO 8601 UTC. */
  readonly at: string;
  /** The hour exists twice or not at all (daylight saving change): flag the event. */
  readonly ambiguous: boolean;
}

/**
 * Local time without offset (`2026-08-18 08:41:48`) in an IANA zone. In the hour that exists twice the first one is
 * taken and flagged. `undefined` for unreadable texts and for zero dates (`0000-00-00 …`).
 */
export function fromWallClock(text: string | undefined, zone: string): WallClock | undefined {
  const m = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?$/.exec(
    text?.trim() ?? '',
  );
  if (!m || !IANAZone.isValidZone(zone)) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = m
    .slice(1)
    .map((part) => Number(part ?? 0));
  const local = DateTime.fromObject({ year, month, day, hour, minute, second }, { zone });
  if (!local.isValid) return undefined;
  // luxon picks the offset of a repeated hour from today's date; a plugin has no clock, so the first one is named here.
  const [first = local, again] = local.getPossibleOffsets();
  const at = plausible(first.toMillis());
  if (!at) return undefined;
  const moved = local.hour !== hour || local.minute !== minute;
  return { at, ambiguous: moved || again !== undefined };
}

/** True for a zone name that this machine knows, e.g. `Europe/Berlin`. */
export const isZone = (zone: string): boolean => IANAZone.isValidZone(zone);
