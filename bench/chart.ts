import { byVariant, throughput, unitOf } from './report.js';
import type { RunResult } from './run.js';
import type { Scenario } from './scenarios.js';
import { spread } from './stats.js';
import type { Variant } from './variants.js';

const WIDTH = 720;
const LEFT = 90;
const BAR_WIDTH = 480;
const ROW = 26;
const COLOURS = ['#2563eb', '#94a3b8', '#cbd5e1'];
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const label = (x: number, y: number, text: string, extra = ''): string =>
  `<text x="${x}" y="${y}" ${FONT} fill="#334155" ${extra}>${escaped(text)}</text>`;

interface Bar {
  readonly name: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The bar is the median; the thin line spans from the least to the greatest round. */
function drawBar(bar: Bar, most: number, y: number, index: number): string {
  const x = (value: number): number => LEFT + Math.round((value / most) * BAR_WIDTH);
  const middle = y + 9;
  return [
    label(LEFT - 8, y + 14, bar.name, 'text-anchor="end"'),
    `<rect x="${LEFT}" y="${y}" width="${x(bar.median) - LEFT}" height="18" fill="${COLOURS[index % COLOURS.length]}"/>`,
    `<line x1="${x(bar.min)}" y1="${middle}" x2="${x(bar.max)}" y2="${middle}" stroke="#0f172a" stroke-width="1.5"/>`,
    label(x(bar.max) + 8, y + 14, bar.median.toLocaleString('en-US')),
  ].join('\n');
}

function drawScenario(scenario: Scenario, bars: readonly Bar[], top: number): string {
  const most = Math.max(...bars.map(({ max }) => max));
  const title = `${scenario.title} (${unitOf(scenario)})`;
  return [
    label(LEFT, top + 16, title, 'font-weight="600"'),
    ...bars.map((bar, index) => drawBar(bar, most, top + 26 + index * ROW, index)),
  ].join('\n');
}

/** Throughput of every closed-loop scenario as one SVG picture. */
export function chart(
  results: readonly RunResult[],
  scenarios: readonly Scenario[],
  variants: readonly Variant[],
  caption: string,
): string {
  let top = 8;
  const drawn = scenarios
    .filter(({ load }) => load.kind === 'closed')
    .map((scenario) => {
      const bars = byVariant(results, scenario, variants).map(({ variant, runs }) => ({
        name: variant.name,
        ...spread(runs.map(throughput)),
      }));
      if (bars.length === 0) return '';
      const picture = drawScenario(scenario, bars, top);
      top += 26 + bars.length * ROW + 16;
      return picture;
    });
  const height = top + 28;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...drawn,
    `<text x="12" y="${height - 12}" font-family="system-ui, sans-serif" font-size="10" fill="#64748b">${escaped(caption)}</text>`,
    '</svg>\n',
  ].join('\n');
}
