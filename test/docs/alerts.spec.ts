import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { anchorsOf, ROOT, textOf } from './pages.js';

const FILE = 'deploy/prometheus/waybill.rules.yml';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const { groups } = parse(readFileSync(join(ROOT, FILE), 'utf8')) as {
  groups: readonly { name: string; rules: readonly Rule[] }[];
};
const RULES = groups.flatMap(({ rules }) => rules);
const named = RULES.map((rule) => [rule.alert, rule] as const);

const FUNCTIONS = ['abs', 'increase', 'rate', 'time', 'histogram_quantile'];
const AGGREGATIONS = ['sum', 'min', 'max'];
const WORDS = ['by', 'on', 'and', 'unless'];
/** Prometheus' own, one per scraped process. */
const SCRAPED = ['up'];

/** A word, a number with an optional unit, a text, or a sign; nothing else stands in an expression. */
const TOKEN =
  /\s+|"[^"\\\n]*"|[A-Za-z_:][\w:]*|\d+(?:\.\d+)?[smhd]?|[=!]~|[=!<>]=|[-+*/<>=(){}[\],]/gy;

function tokensOf(expr: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expr.length) {
    const at = TOKEN.lastIndex;
    const [token] = TOKEN.exec(expr) ?? [];
    if (token === undefined) throw new Error(`not readable from: ${expr.slice(at, at + 20)}`);
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };

/** What an expression uses; throws where a bracket has no partner. */
function usesOf(expr: string) {
  const tokens = tokensOf(expr);
  const uses = { metrics: [] as string[], labels: [] as string[], words: [] as string[] };
  const open: string[] = [];
  tokens.forEach((token, i) => {
    if ('({['.includes(token)) open.push(token);
    else if (token in PAIRS && open.pop() !== PAIRS[token])
      throw new Error(`${token} without ${PAIRS[token]}`);
    if (!/^[A-Za-z_]/.test(token)) return;
    const grouped = open.at(-1) === '(' && ['by', 'on'].includes(before(tokens, i));
    if (open.at(-1) === '{' || grouped) uses.labels.push(token);
    else if (['(', 'by'].includes(tokens[i + 1] ?? '') || WORDS.includes(token))
      uses.words.push(token);
    else uses.metrics.push(token);
  });
  if (open.length > 0) throw new Error(`${open.join(' ')} is not closed`);
  return uses;
}

/** The word before the bracket that a token stands in. */
function before(tokens: readonly string[], i: number): string {
  const from = tokens.lastIndexOf('(', i);
  return tokens[from - 1] ?? '';
}

/** Every metric that a gateway exposes, with the labels that it may have. */
async function exposed(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = new Metrics();
  metrics.collectProcess();
  const known = new Map<string, ReadonlySet<string>>();
  for (const { name, type } of await metrics.registry.getMetricsAsJSON()) {
    const metric = metrics.registry.getSingleMetric(name) as { labelNames?: readonly string[] };
    const labels = new Set([...(metric.labelNames ?? []), 'instance', 'job']);
    const bucketed = String(type) === 'histogram';
    for (const end of bucketed ? ['_bucket', '_sum', '_count'] : [''])
      known.set(`${name}${end}`, end === '_bucket' ? labels.add('le') : labels);
  }
  for (const name of SCRAPED) known.set(name, new Set(['instance', 'job']));
  return known;
}

describe('the reader of expressions', () => {
  it.each(['sum(a', 'sum a)', 'a{b="c"', 'a[5m)', 'a $ b', 'a{b="c}'])('refuses %s', (expr) => {
    expect(() => usesOf(expr)).toThrow(/not readable|without|not closed/);
  });

  it('tells metrics, labels and words apart', () => {
    const { metrics, labels, words } = usesOf('max by (le, x) (rate(a_b{c=~"d|e"}[5m])) > 2');
    expect([metrics, labels, words]).toEqual([['a_b'], ['le', 'x', 'c'], ['max', 'by', 'rate']]);
  });
});

describe('the alerts that are shipped', () => {
  it('have names of their own', () => {
    const names = RULES.map(({ alert }) => alert);
    expect(names.length).toBeGreaterThan(15);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^Waybill[A-Z]\w+$/.test(name))).toEqual([]);
  });

  it.each(named)('%s reads metrics that exist, by labels that they have', async (_name, rule) => {
    const known = await exposed();
    const { metrics, labels, words } = usesOf(rule.expr);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !known.has(name))).toEqual([]);
    const having = new Set(metrics.flatMap((name) => [...(known.get(name) ?? [])]));
    expect(labels.filter((label) => !having.has(label))).toEqual([]);
    const allowed = [...FUNCTIONS, ...AGGREGATIONS, ...WORDS];
    expect(words.filter((word) => !allowed.includes(word))).toEqual([]);
  });

  it.each(named)('%s compares, and says for how long', (_name, rule) => {
    expect(tokensOf(rule.expr).some((token) => ['>', '<', '=='].includes(token))).toBe(true);
    expect(rule.for ?? '1m').toMatch(/^\d+m$/);
    expect(['critical', 'warning']).toContain(rule.labels?.['severity']);
  });

  it.each(named)('%s tells what it is and leads to a section of a page', (_name, rule) => {
    const { summary = '', description = '', runbook = '' } = rule.annotations ?? {};
    expect(summary.length).toBeGreaterThan(15);
    expect(description.length).toBeGreaterThan(30);
    const [page = '', anchor = ''] = runbook.split('#');
    expect(page).toBe('docs/operations.md');
    expect([...anchorsOf(page)]).toContain(anchor);
  });

  it.each(named)('%s quotes only labels that its result has', (_name, rule) => {
    const text = Object.values(rule.annotations ?? {}).join(' ');
    const quoted = [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
    const { labels, words } = usesOf(rule.expr);
    // Without an aggregation the result keeps the labels of the process.
    const kept = words.some((word) => AGGREGATIONS.includes(word)) ? labels : ['instance', 'job'];
    expect(quoted.filter((label) => !kept.includes(label))).toEqual([]);
  });

  it('are spoken of in the page by their names', () => {
    const names = new Set(RULES.map(({ alert }) => alert));
    const told = textOf('docs/operations.md').match(/\bWaybill[A-Z]\w+/g) ?? [];
    expect(told.filter((name) => !names.has(name))).toEqual([]);
    expect(told.length).toBeGreaterThan(0);
  });
});
