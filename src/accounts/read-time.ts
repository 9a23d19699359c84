import { fromIso } from '#contract';
import type { Reading } from './reading.js';

/** Epoch milliseconds of a date or time; a day alone means its first moment in UTC. */
export function readTime(reading: Reading, value: unknown, path: string): number | undefined {
  const text = reading.text(value, path);
  if (text === undefined) return undefined;
  const iso = fromIso(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (iso !== undefined) return Date.parse(iso);
  return reading.fault(path, 'must be a date, or a time with its offset', '2026-11-20T10:00:00Z');
}
