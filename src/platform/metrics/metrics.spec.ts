import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

describe('the metrics', () => {
  it('are a registry of their own: two gateways in one process do not add up', async () => {
    const [one, two] = [new Metrics(), new Metrics()];
    one.receipts.inc({ source: 'toy', result: 'recorded' });
    const line = 'waybill_receipts_total{source="toy",result="recorded"} 1';
    expect(await one.registry.metrics()).toContain(line);
    expect(await two.registry.metrics()).not.toContain(line);
  });

  it('have names that say whose they are, units and help', async () => {
    const text = await new Metrics().registry.metrics();
    const helps = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)];
    expect(helps.length).toBeGreaterThan(15);
    for (const [, name = '', help = ''] of helps) {
      expect(name).toMatch(/^waybill_[a-z_]+$/);
      expect(help.length).toBeGreaterThan(10);
    }
    const counters = [...text.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name);
    expect(counters.filter((name) => !name?.endsWith('_total'))).toEqual([]);
  });

  it('carry labels of bounded kinds only: never an order, a click or an event', async () => {
    const json = (await new Metrics().registry.getMetricsAsJSON()) as { name: string }[];
    expect(json.length).toBeGreaterThan(15);
    const metrics = new Metrics() as unknown as Record<string, { labelNames?: string[] }>;
    const labels = Object.values(metrics).flatMap((metric) => metric?.labelNames ?? []);
    const bounded = [
      ...['source', 'account', 'credential', 'result', 'reason', 'type'],
      ...['target', 'outcome', 'state', 'store', 'version', 'node', 'role', 'job', 'flag'],
    ];
    expect([...new Set(labels)].toSorted()).toEqual(bounded.toSorted());
  });

  it('know the process once that is asked for', async () => {
    const metrics = new Metrics();
    expect(await metrics.registry.metrics()).not.toContain('nodejs_eventloop');
    metrics.collectProcess();
    expect(await metrics.registry.metrics()).toContain('nodejs_eventloop');
  });
});
