import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { ROOT, run, textOf, tool, yamlOf } from './deploy-kit.js';

interface Query {
  readonly expr: string;
  readonly refId: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly Query[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly definition?: string }[];
  };
}

const DASHBOARD = JSON.parse(textOf('deploy/grafana/waybill.json')) as Dashboard;
const QUERIES = DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, refId }) => ({ panel: `${title} ${refId}`, expr })),
);

const WORDS = new Set(
  'abs and avg by count histogram_quantile increase label_values max min on or rate sum time unless vector le'.split(
    ' ',
  ),
);

/** Every metric of a gateway with the labels that it may have. */
async function exposed(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = new Metrics();
  metrics.collectProcess();
  const known = new Map<string, ReadonlySet<string>>();
  for (const { name, type } of await metrics.registry.getMetricsAsJSON()) {
    const metric = metrics.registry.getSingleMetric(name) as { labelNames?: readonly string[] };
    const labels = [...(metric.labelNames ?? []), 'instance', 'job', 'namespace'];
    const histogram = String(type) === 'histogram';
    for (const end of histogram ? ['_bucket', '_sum', '_count'] : [''])
      known.set(`${name}${end}`, new Set(end === '_bucket' ? [...labels, 'le'] : labels));
  }
  return known;
}

interface Uses {
  /** Metrics with the labels that they are picked by. */
  readonly picked: readonly (readonly [metric: string, labels: readonly string[]])[];
  /** Labels of `by` and `on`. */
  readonly grouped: readonly string[];
  readonly words: readonly string[];
}

/** What an expression of PromQL uses; `$variables`, ranges and texts left out. */
function usesOf(expr: string): Uses {
  const bare = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\[\$?\w+\]/g, '');
  const picked: [string, string[]][] = [];
  const grouped = [...bare.matchAll(/\b(?:by|on) *\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
  const rest = bare.replaceAll(/\b(by|on) *\([^)]*\)/g, '$1');
  const words: string[] = [];
  for (const [, name = '', braces] of rest.matchAll(/\b([A-Za-z_]\w*)(?:\{([^}]*)\})?/g)) {
    if (WORDS.has(name)) words.push(name);
    else {
      const labels = [...(braces ?? '').matchAll(/(\w+) *(?:=~|!~|!=|=)/g)];
      picked.push([name, labels.map(([, label = '']) => label)]);
    }
  }
  return { picked, grouped, words };
}

/** What an expression names that no gateway has. */
async function strangeIn(expr: string): Promise<readonly string[]> {
  const known = await exposed();
  const { picked, grouped } = usesOf(expr);
  const having = new Set(picked.flatMap(([metric]) => [...(known.get(metric) ?? [])]));
  return [
    ...picked.flatMap(([metric, labels]) => {
      const own = known.get(metric);
      return own ? labels.filter((label) => !own.has(label)) : [metric];
    }),
    ...grouped.filter((label) => !having.has(label)),
  ];
}

describe('the reader of expressions', () => {
  it.each([
    ['rate(waybill_recepts_total[5m])', ['waybill_recepts_total']],
    ['sum by (surce) (waybill_receipts_total{reslt="x"})', ['reslt', 'surce']],
    ['max(waybill_oldest_due_seconds{target=~"$target"})', []],
  ])('finds in %s what does not exist', async (expr, strange) => {
    expect(await strangeIn(expr)).toEqual(strange);
  });
});

describe('the dashboard', () => {
  it('has panels that do not lie on each other', () => {
    const cells = DASHBOARD.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_unused, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    const ids = DASHBOARD.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(DASHBOARD.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    expect(QUERIES.length).toBeGreaterThan(30);
  });

  it.each(QUERIES)(
    '$panel reads metrics that exist, by labels that they have',
    async ({ expr }) => {
      expect(usesOf(expr).picked.length).toBeGreaterThan(0);
      expect(await strangeIn(expr)).toEqual([]);
      expect((expr.match(/\(/g) ?? []).length).toBe((expr.match(/\)/g) ?? []).length);
    },
  );

  it('asks its variables of metrics that exist, and uses no other', async () => {
    const known = await exposed();
    const { list } = DASHBOARD.templating;
    for (const { definition } of list.filter((one) => one.definition !== undefined)) {
      const [, metric = '', label = ''] =
        /^label_values\((\w+), (\w+)\)$/.exec(definition ?? '') ?? [];
      expect(known.get(metric)?.has(label)).toBe(true);
    }
    const used = QUERIES.flatMap(({ expr }) =>
      [...expr.matchAll(/\$(\w+)/g)].map(([, name = '']) => name),
    );
    const names = ['__rate_interval', ...list.map(({ name }) => name)];
    expect([...new Set(used)].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('shows every metric that an alert is about', () => {
    const alerted = new Set(
      textOf('deploy/prometheus/waybill.rules.yml').match(/\bwaybill_\w+_(?:total|seconds)\b/g),
    );
    const shown = textOf('deploy/grafana/waybill.json');
    const missing = [...alerted].filter((name) => !shown.includes(name));
    // When something was last done is a moment: its age is an alert, its line would show nothing.
    expect(missing.filter((name) => !name.endsWith('_timestamp_seconds'))).toEqual([]);
  });
});

describe('Prometheus', () => {
  it('scrapes under the name that the alerts ask for, and loads them', () => {
    const config = yamlOf<{
      readonly rule_files: readonly string[];
      readonly scrape_configs: readonly {
        readonly job_name: string;
        readonly static_configs: readonly { readonly targets: readonly string[] }[];
      }[];
    }>('deploy/prometheus/prometheus.yml');
    expect(config.rule_files).toEqual(['waybill.rules.yml']);
    const jobs = config.scrape_configs.map((job) => [job.job_name, job.static_configs[0]?.targets]);
    expect(jobs).toEqual([
      ['waybill', ['gateway1:3000', 'gateway2:3000']],
      ['haproxy', ['haproxy:8404']],
    ]);
  });

  it('gives the HPA a measure that exists', async () => {
    const { rules } = yamlOf<{
      readonly rules: { readonly external: readonly { readonly metricsQuery: string }[] };
    }>('deploy/prometheus/adapter.values.yaml');
    const [query = ''] = rules.external.map(({ metricsQuery }) =>
      metricsQuery.replaceAll('<<.LabelMatchers>>', 'namespace="x"'),
    );
    expect(await strangeIn(query)).toEqual([]);
  });

  const promtool = tool('promtool', 'WAYBILL_PROMTOOL');
  (promtool === undefined ? it.skip : it)('accepts its configuration and the rules', () => {
    const file = join(ROOT, 'deploy/prometheus/prometheus.yml');
    expect(run(promtool ?? '', ['check', 'config', file])).toMatchObject({ code: 0 });
  });
});
