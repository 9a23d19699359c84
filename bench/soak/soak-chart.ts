import { label, picture } from '../chart.js';
import type { Line, Sample } from './slope.js';

const LEFT = 60;
const WIDTH = 660;
const TOP = 40;
const HEIGHT = 240;
const TEN_MINUTES_S = 600;

/** Resident memory over time with the fitted line, as SVG. The scale begins at 0, so that a slope looks like one. */
export function soakChart(
  samples: readonly Sample[],
  line: Line,
  fittedFrom: number,
  caption: string,
): string {
  const end = samples.at(-1)?.at ?? 1;
  const most = Math.max(...samples.map(({ rss }) => rss)) * 1.1;
  const x = (at: number): number => LEFT + Math.round((at / end) * WIDTH);
  const y = (rss: number): number => TOP + HEIGHT - Math.round((rss / most) * HEIGHT);
  const lineAt = (at: number): number => line.begin + (line.slope / TEN_MINUTES_S) * at;
  const points = samples.map(({ at, rss }) => `${x(at)},${y(rss)}`).join(' ');
  const bottom = TOP + HEIGHT;
  return picture(
    TOP + HEIGHT + 60,
    [
      label(12, 20, 'Resident memory of Waybill, MB', 'font-weight="600"'),
      `<line x1="${LEFT}" y1="${bottom}" x2="${LEFT + WIDTH}" y2="${bottom}" stroke="#94a3b8"/>`,
      `<polyline points="${points}" fill="none" stroke="#2563eb" stroke-width="1.5"/>`,
      `<line x1="${x(fittedFrom)}" y1="${y(lineAt(fittedFrom))}" x2="${x(end)}" y2="${y(lineAt(end))}" stroke="#dc2626" stroke-dasharray="4 3"/>`,
      label(LEFT - 8, bottom + 4, '0', 'text-anchor="end"'),
      label(LEFT - 8, TOP + 8, String(Math.round(most)), 'text-anchor="end"'),
      label(LEFT, bottom + 20, '0 min'),
      label(LEFT + WIDTH, bottom + 20, `${(end / 60).toFixed(0)} min`, 'text-anchor="end"'),
    ],
    caption,
  );
}
