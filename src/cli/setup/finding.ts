import type { Paint } from '../demo/tell/paint.js';
import { printable } from '../show/table.js';

/** One thing that the doctor looked at. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  readonly says: string;
  /** What to do about it. */
  readonly fix?: string;
}

export const ok = (what: string, says: string): Finding => ({ what, state: 'ok', says });
export const warn = (what: string, says: string, fix?: string): Finding => ({
  ...{ what, state: 'warn' as const, says },
  ...(fix === undefined ? {} : { fix }),
});
export const fail = (what: string, says: string, fix: string): Finding => ({
  ...{ what, state: 'fail' as const, says, fix },
});
export const skip = (what: string, says: string): Finding => ({ what, state: 'skip', says });

const MARKS = { ok: '✓', warn: '!', fail: '✗', skip: '–' } as const;
const STYLES = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' } as const;

/** A line for each finding, and one below it for what to do. */
export function findingLines(paint: Paint, findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings.flatMap(({ what, state, says, fix }) => [
    `${paint(STYLES[state], MARKS[state])} ${what.padEnd(width)}  ${printable(says)}`,
    ...(fix === undefined ? [] : [`  ${' '.repeat(width)}  → ${printable(fix)}`]),
  ]);
}
