import { groupsOf, seriesOf } from './report.js';
import type { RunResult } from './result.js';
import type { Scenario } from './scenarios.js';
import { spread } from './stats.js';
import type { Variant } from './variants.js';
import { viewOf } from './views.js';

const WIDTH = 760;
const LEFT = 160;
const BAR_WIDTH = 440;
const ROW = 26;
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';
const OURS = '#2563eb';
const OTHERS = '#94a3b8';

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const label = (x: number, y: number, text: string, extra = ''): string =>
  `<text x="${x}" y="${y}" ${FONT} fill="#334155" ${extra}>${escaped(text)}</text>`;

/** A whole picture on white, with a small caption below. */
export const picture = (height: number, parts: readonly string[], caption: string): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    `<text x="12" y="${height - 12}" font-family="system-ui, sans-serif" font-size="10" fill="#64748b">${escaped(caption)}</text>`,
    '</svg>\n',
  ].join('\n');

interface Bar {
  readonly name: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The bar is the median; the thin line spans from the least to the greatest round. */
function drawBar(bar: Bar, most: number, y: number): string {
  const x = (value: number): number => LEFT + Math.round((value / most) * BAR_WIDTH);
  const middle = y + 9;
  const colour = bar.name.startsWith('waybill') ? OURS : OTHERS;
  const shown = bar.median.toLocaleString('en-US', {
    maximumFractionDigits: bar.median < 100 ? 1 : 0,
  });
  return [
    label(LEFT - 8, y + 14, bar.name, 'text-anchor="end"'),
    `<rect x="${LEFT}" y="${y}" width="${x(bar.median) - LEFT}" height="18" fill="${colour}"/>`,
    `<line x1="${x(bar.min)}" y1="${middle}" x2="${x(bar.max)}" y2="${middle}" stroke="#0f172a" stroke-width="1.5"/>`,
    label(x(bar.max) + 8, y + 14, shown),
  ].join('\n');
}

function barsOf(
  results: readonly RunResult[],
  group: readonly Scenario[],
  variants: readonly Variant[],
): readonly Bar[] {
  return group.flatMap((scenario) => {
    const { headline } = viewOf(scenario);
    return seriesOf(results, scenario, variants)
      .map(({ name, runs }) => ({ name, ...spread(runs.map(headline)) }))
      .filter(({ max }) => Number.isFinite(max));
  });
}

function drawGroup(title: string, bars: readonly Bar[], top: number): string {
  const most = Math.max(...bars.map(({ max }) => max), Number.MIN_VALUE);
  return [
    label(12, top + 16, title, 'font-weight="600"'),
    ...bars.map((bar, index) => drawBar(bar, most, top + 26 + index * ROW)),
  ].join('\n');
}

/** The headline figure of every scenario as one SVG picture. */
export function chart(
  results: readonly RunResult[],
  scenarios: readonly Scenario[],
  variants: readonly Variant[],
  caption: string,
): string {
  let top = 8;
  const drawn = groupsOf(scenarios).map((group) => {
    const bars = barsOf(results, group, variants);
    const [first] = group;
    if (!first || bars.length === 0) return '';
    const one = drawGroup(`${first.title} (${viewOf(first).unit})`, bars, top);
    top += 26 + bars.length * ROW + 16;
    return one;
  });
  return picture(top + 28, drawn, caption);
}
