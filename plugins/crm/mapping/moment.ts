import { fromEpochMs, fromEpochSeconds, fromIso, fromWallClock, isZone } from '#contract';
import { also, shape, text, word, type Check, type Checked } from '../check.js';
import { paths, pathsOf, transforms } from '../field.js';
import { given, type Reading } from './reading.js';

/** An IANA zone name. */
export const zone: Check<string> = text((value) =>
  isZone(value) ? undefined : 'is not a time zone; use an IANA name, e.g. "Europe/Berlin"',
);

/** How a point in time is written on the wire. */
export const moment = also(
  shape(
    { path: paths, format: word(['iso', 'epoch_s', 'epoch_ms', 'wall', 'date']) },
    { zone, transform: transforms },
  ),
  ({ format, zone: place }) =>
    format.startsWith('epoch') && place !== undefined
      ? ['zone has no meaning for an epoch time; leave it out']
      : [],
);

export type MomentSpec = Checked<typeof moment>;

interface Moment {
  readonly at: string;
  readonly ambiguous: boolean;
}

const exact = (at: string | undefined): Moment | undefined =>
  at === undefined ? undefined : { at, ambiguous: false };

/** Local time with or without a fraction of a second, which is kept to the millisecond. */
function wall(value: string, place: string): Moment | undefined {
  const parts = /^(.*:\d{2})[.,](\d{1,9})$/.exec(value);
  const clock = fromWallClock(parts?.[1] ?? value, place);
  const fraction = parts?.[2];
  if (!clock || fraction === undefined) return clock;
  return {
    at: clock.at.replace(/\d{3}Z$/, `${fraction.padEnd(3, '0').slice(0, 3)}Z`),
    ambiguous: clock.ambiguous,
  };
}

const date = (value: string, place: string): Moment | undefined =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) ? fromWallClock(value, place) : undefined;

function parse(
  value: string,
  spec: MomentSpec,
  defaultZone: string | undefined,
): Moment | undefined {
  const place = spec.zone ?? defaultZone;
  switch (spec.format) {
    case 'epoch_s':
      return exact(fromEpochSeconds(value));
    case 'epoch_ms':
      return exact(fromEpochMs(value));
    case 'date':
      return date(value, place ?? 'UTC');
    case 'wall':
      return wall(value, place ?? 'UTC');
    case 'iso':
      return exact(fromIso(value)) ?? (place === undefined ? undefined : wall(value, place));
  }
}

/**
 * When it happened, ISO 8601 UTC. `null` (the core takes the received time) when the mapping or the notification
 * has no time; an unreadable one is a problem. Flags the hour that a clock change makes ambiguous.
 */
export function momentOf(
  reading: Reading,
  spec: MomentSpec | undefined,
  defaultZone: string | undefined,
): string | null {
  if (!spec) return null;
  const value = given(reading, {
    path: spec.path,
    ...(spec.transform ? { transform: spec.transform } : {}),
  });
  if (value === undefined) {
    reading.flag('occurred-at-missing');
    return null;
  }
  const found = parse(value, spec, defaultZone);
  if (!found) {
    const hint = spec.format === 'iso' ? ' (with an offset, or set zone)' : '';
    reading.problem(
      `occurredAt: ${pathsOf(spec.path)} is not a time in the format "${spec.format}"${hint}`,
    );
    return null;
  }
  if (found.ambiguous) reading.flag('ambiguous-hour');
  return found.at;
}
