import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES, REJECTIONS, REVERSAL_TYPES } from '../../src/contract/index.js';
import { FINAL_STATES, OPEN_STATES } from '../../src/ledger/documents.js';
import { DRAFT_FAULT_POINTS, FAULT_POINTS } from '../../src/platform/fault/fault-point.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { GAPS_MS, MAX_TRIES } from '../../src/settle/schedule.js';
import { blocksOf, PAGES, ROOT, textOf } from './pages.js';

const ARCHITECTURE = textOf('docs/architecture.md');
const OPERATIONS = textOf('docs/operations.md');

/** First cells of the table that follows a heading. */
function firstCells(page: string, heading: string): readonly string[] {
  const from = page.indexOf(`\n${heading}\n`);
  const part = page.slice(from + 1).split(/\n#{2,3} /)[0] ?? '';
  return [...part.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, cell = '']) => cell);
}

describe('docs/architecture.md', () => {
  it('lists the states of a delivery', () => {
    const states = firstCells(ARCHITECTURE, '## States of a delivery');
    expect(states).toEqual(['due', 'held', 'sending', 'retry', 'uncertain', ...FINAL_STATES]);
    expect(states.slice(0, 5).toSorted()).toEqual([...OPEN_STATES].toSorted());
  });

  it('lists the outcomes of an attempt', () => {
    const contract = readFileSync(join(ROOT, 'src/contract/outcome.ts'), 'utf8');
    const kinds = [...contract.matchAll(/readonly kind: '(\w+)'/g)].map(([, kind = '']) => kind);
    const listed = firstCells(ARCHITECTURE, '## Outcomes of an attempt');
    expect(listed.toSorted()).toEqual([...new Set(kinds)].toSorted());
  });

  it('lists the rooms that exist, in their order', () => {
    const order = /^`(contract < [a-z< ]+)`$/m.exec(ARCHITECTURE)?.[1]?.split(' < ') ?? [];
    const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['cli', 'testing'].includes(entry.name))
      .map((entry) => entry.name);
    expect(order.toSorted()).toEqual(rooms.toSorted());
    expect(firstCells(ARCHITECTURE, '## Rooms and walls')).toEqual(order);
  });

  it('names every fault point, every window, every refusal and every reversal', () => {
    const windows = [...ARCHITECTURE.matchAll(/^\| W(\d+) /gm)].map(([, n]) => Number(n));
    expect(windows).toEqual(Array.from({ length: 17 }, (_unused, n) => n));
    const words = [
      ...FAULT_POINTS,
      ...DRAFT_FAULT_POINTS,
      ...Object.keys(REJECTIONS),
      ...REVERSAL_TYPES,
    ];
    expect(words.filter((word) => !ARCHITECTURE.includes(`\`${word}\``))).toEqual([]);
  });

  it('tells the schedule as it is', () => {
    const shown = /5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h, then every 6 h/;
    expect(ARCHITECTURE).toMatch(shown);
    expect(GAPS_MS.slice(0, 9)).toEqual(
      [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600].map((seconds) => seconds * 1000),
    );
    expect(ARCHITECTURE).toContain(`at most ${MAX_TRIES} tries`);
  });
});

describe('docs/operations.md', () => {
  it('lists every metric, its labels, and no other', async () => {
    const metrics = await new Metrics().registry.getMetricsAsJSON();
    const names = metrics.map(({ name }) => name);
    expect(firstCells(OPERATIONS, '## Metrics').toSorted()).toEqual(names.toSorted());
    const source = readFileSync(join(ROOT, 'src/platform/metrics/metrics.ts'), 'utf8');
    for (const name of names) {
      const declared = source.slice(source.indexOf(`'${name}'`)).split(');')[0] ?? '';
      const labels = /\[([^\]]*)\]/.exec(declared)?.[1]?.match(/\w+/g) ?? [];
      const cells = OPERATIONS.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      expect([name, cells.split('|')[2]?.match(/\w+/g) ?? []]).toEqual([name, labels]);
    }
  });

  it('alerts on metrics that exist', () => {
    const used = OPERATIONS.match(/\bwaybill_\w+/g) ?? [];
    const known = new Set(firstCells(OPERATIONS, '## Metrics'));
    const strange = used.filter((name) => !known.has(name.replace(/_(?:bucket|sum|count)$/, '')));
    expect(strange).toEqual([]);
  });

  it('calls the admin API by paths that it has', () => {
    const calls = blocksOf('docs/operations.md')
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'))
      .flatMap((line) => {
        const path = /\$WAYBILL\/api\/v1\/([^"?]+)/.exec(line)?.[1];
        const [, method = 'GET'] = /-s?X ([A-Z]+)/.exec(line) ?? [];
        const verb = method.charAt(0) + method.slice(1).toLowerCase();
        return path === undefined ? [] : [`${verb} ${path}`];
      })
      .map((call) => call.replaceAll(/\/(?:<id>|\$id|tap)(?=\/|$)/g, '/:id'));
    expect(calls.length).toBeGreaterThan(8);
    const known = adminCalls();
    expect(calls.filter((call) => !known.has(call))).toEqual([]);
  });
});

/** `Get receipts/:id` and so on, from the controllers' decorators. */
function adminCalls(): ReadonlySet<string> {
  const folder = join(ROOT, 'src/admin');
  const controllers = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /controllers?\.ts$/.test(name),
  );
  const parts = controllers.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').split('@AdminController(').slice(1),
  );
  const calls = parts.flatMap((part) => {
    const base = /^'([\w-]+)'/.exec(part)?.[1] ?? '';
    return [...part.matchAll(/@(Get|Post|Delete)\((?:'([^']*)')?\)/g)].map(
      ([, method = '', path = '']) => `${method} ${base}/${path}`.replace(/\/$/, ''),
    );
  });
  return new Set(calls);
}

describe('event types', () => {
  it('in pages are those of the contract', () => {
    const types = new Set<string>(EVENT_TYPES);
    const listed = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/events: \[([A-Z_, ]+)\]/g)].flatMap(([, list = '']) =>
        list.split(',').map((type) => [page, type.trim()] as const),
      ),
    );
    // docs/configuration.md shows a misspelt one on purpose, to show the fault.
    const strange = listed.filter(([page, type]) => !types.has(type) && !page.includes('configur'));
    expect(strange).toEqual([]);
    expect(listed.length).toBeGreaterThan(2);
  });
});
