import type { Spread } from './stats.js';

/** A figure for people: no more digits than it is worth. */
export const number = (value: number): string =>
  Number.isNaN(value)
    ? '–'
    : value >= 100
      ? Math.round(value).toLocaleString('en-US')
      : Number.isInteger(value)
        ? String(value)
        : value.toFixed(1);

export const three = ({ min, median, max }: Spread): string =>
  `${number(min)} / ${number(median)} / ${number(max)}`;

/** A table in Markdown, aligned, so that it can be pasted into a page. The first row is the heading. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const ruled = [head, head.map(() => '---'), ...body];
  const widths = head.map((_, i) => Math.max(...ruled.map((row) => row[i]?.length ?? 0)));
  return ruled
    .map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`)
    .join('\n');
}
