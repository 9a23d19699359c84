import { decimal } from '../../../contract/index.js';
import type { Report } from '../report.js';
import type { Paint } from './paint.js';

/** Rows of equal columns: the first to the left, numbers to the right. */
function table(
  paint: Paint,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  return [`  ${paint('dim', line(head))}`, ...rows.map((row) => `  ${line(row)}`)];
}

/** A zero says less than a dash. */
const count = (value: number): string => (value === 0 ? '–' : String(value));

function sourceTable(paint: Paint, { sources }: Report): string[] {
  return table(
    paint,
    ['network', 'received', 'recorded', 'repeat', 'no event', 'parked', 'refused'],
    sources.map((row) => [
      row.source,
      ...[row.received, row.recorded, row.repeat, row.nothing, row.parked, row.refused].map(count),
    ]),
  );
}

function targetTable(paint: Paint, { targets }: Report): string[] {
  return table(
    paint,
    ['partner', 'deliveries', 'delivered', 'had it', 'skipped', 'refused', 'open', 'retries'],
    targets.map((row) => [
      row.target,
      ...[
        row.deliveries,
        row.delivered,
        row.duplicate,
        row.skipped,
        row.refused,
        row.open,
        row.retries,
      ].map(count),
    ]),
  );
}

function moneyTable(paint: Paint, { money }: Report): string[] {
  return table(
    paint,
    ['money', 'sold', 'went back', 'kept'],
    money.map(({ currency, sold, back, kept }) => [
      currency,
      ...[sold, back, kept].map((amount) => decimal({ amount, currency })),
    ]),
  );
}

function comparisonLines(paint: Paint, { comparisons }: Report): string[] {
  return comparisons.flatMap(({ between, compared, differences }) => [
    differences.length === 0
      ? `  ${paint('green', '✓')} ${between}: ${compared} compared, all agree`
      : `  ${paint('red', '✗')} ${between}: ${compared} compared, ${differences.length} differ`,
    ...differences.map((difference) => `      ${difference}`),
  ]);
}

/** The end of the story: who got what, how much money, and whether all books agree. */
export function summaryLines(paint: Paint, report: Report, elapsedMs: number): string[] {
  const differing = report.comparisons.reduce((sum, one) => sum + one.differences.length, 0);
  const verdict = report.ok
    ? paint(['green', 'bold'], 'All books agree.')
    : paint(
        ['red', 'bold'],
        `The books differ in ${differing} ${differing === 1 ? 'place' : 'places'}.`,
      );
  return [
    '',
    paint('bold', 'Summary'),
    ...sourceTable(paint, report),
    '',
    ...targetTable(paint, report),
    '',
    ...moneyTable(paint, report),
    '',
    paint('bold', 'Reconciliation'),
    ...comparisonLines(paint, report),
    '',
    `${verdict} ${paint('dim', `(${(elapsedMs / 1000).toFixed(1)} s)`)}`,
  ];
}
