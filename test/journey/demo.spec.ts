import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SourcePlugin } from '../../src/contract/index.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const LIMIT_MS = 90_000;
/** Every source that sends something; only sources have a seal. */
async function senders(): Promise<readonly string[]> {
  const plugins = path.join(root, 'plugins');
  const names = readdirSync(plugins).filter((name) =>
    existsSync(path.join(plugins, name, 'fixtures/seal.ts')),
  );
  const loaded = await Promise.all(
    names.map(async (name) => {
      const file = pathToFileURL(path.join(plugins, name, 'index.ts')).href;
      return ((await import(file)) as { default: SourcePlugin }).default;
    }),
  );
  return loaded.filter(({ methods }) => methods.length > 0).map(({ name }) => name);
}

type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

interface Ran {
  readonly code: number | null;
  readonly lines: readonly Line[];
  readonly errors: string;
}

/** Runs the built demo as a user would; `onLine` may interfere. */
function demo(
  args: readonly string[],
  onLine: (line: Line, kill: () => void) => void = () => undefined,
): Promise<Ran> {
  const main = path.join(root, 'dist/src/cli/demo/main.js');
  const child = spawn(process.execPath, [main, '--json', ...args], { cwd: root });
  const lines: Line[] = [];
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = JSON.parse(part) as Line;
      lines.push(line);
      onLine(line, () => child.kill('SIGINT'));
    }
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, lines, errors }));
  });
}

const of = (ran: Ran, kind: string): readonly Line[] =>
  ran.lines.filter((one) => one.kind === kind);
const folderOf = (ran: Ran): string => String(of(ran, 'opening')[0]?.['dir']);

/** Sum over the rows of a table of the summary. */
const sum = (rows: unknown, name: string): number =>
  (rows as Record<string, number>[]).reduce((total, row) => total + (row[name] ?? 0), 0);

/** Affiliates of the sales of the click story, as the ledger has them. */
const whoseSales = (ran: Ran): unknown[] =>
  of(ran, 'notification')
    .filter(({ name }) => name === 'v1' || name === 'v2')
    .flatMap((one) => one['events'] as { attribution: { affiliateId: string } }[])
    .map(({ attribution }) => attribution.affiliateId);

describe('npm run demo', () => {
  it(
    'plays every source and every partner, and all books agree',
    async () => {
      const ran = await demo([]);
      const summary = ran.lines.at(-1);
      const failures = JSON.stringify(summary?.['comparisons'], null, 1);
      expect([ran.code, failures]).toEqual([0, expect.any(String)]);
      expect(summary).toMatchObject({ kind: 'summary', ok: true });
      const { sources, targets, comparisons } = summary as Record<string, unknown>;
      const beats = Number(of(ran, 'opening')[0]?.['notifications']);
      expect(beats).toBeGreaterThanOrEqual(106);
      expect((sources as { source: string }[]).map(({ source }) => source).toSorted()).toEqual(
        (await senders()).toSorted(),
      );
      expect((sources as { recorded: number }[]).filter(({ recorded }) => recorded === 0)).toEqual(
        [],
      );
      expect(
        ['received', 'repeat', 'parked', 'refused', 'conflict'].map((n) => sum(sources, n)),
      ).toEqual([beats, 5, 5, 9, 0]);
      expect(sum(targets, 'open')).toBe(0);
      expect(sum(targets, 'duplicate')).toBe(1);
      expect(sum(targets, 'refused')).toBe(2);
      expect(sum(targets, 'delivered')).toBeGreaterThan(70);
      // Three for the tracker's bad day, two for Tapfiliate's.
      expect(sum(targets, 'retries')).toBeGreaterThanOrEqual(5);
      expect((comparisons as unknown[]).length).toBe(7);
      expect(sum(comparisons, 'compared')).toBeGreaterThan(400);
      expect(of(ran, 'notification')).toHaveLength(beats);
      expect(of(ran, 'visit').map((one) => one['status'])).toEqual([302, 302, 302]);
      expect(whoseSales(ran)).toEqual(['ada', 'cleo']);
      expect(existsSync(folderOf(ran))).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'ends with 1 and names the place when a partner has a cent more',
    async () => {
      const ran = await demo(['--break']);
      expect(ran.code).toBe(1);
      const { ok, comparisons } = ran.lines.at(-1) as Record<string, unknown>;
      const differences = (comparisons as { differences: string[] }[]).flatMap(
        (one) => one.differences,
      );
      expect(ok).toBe(false);
      expect(differences).toEqual([
        'SALE pi_A1: conversion 1001 is 49.01 USD, the ledger says 49.00 USD',
      ]);
    },
    LIMIT_MS,
  );

  it(
    'stops and removes everything on Ctrl-C',
    async () => {
      let url = '';
      const ran = await demo([], (line, kill) => {
        if (line.kind === 'started') url = String(line['url']);
        if (line.kind === 'notification') kill();
      });
      expect(ran.code).toBe(130);
      expect(of(ran, 'summary')).toEqual([]);
      expect(existsSync(folderOf(ran))).toBe(false);
      await expect(fetch(`${url}/livez`)).rejects.toThrow('fetch failed');
    },
    LIMIT_MS,
  );

  it('refuses an option that it does not know, and says which there are', async () => {
    const ran = await demo(['--fast']);
    expect(ran.code).toBe(2);
    expect(ran.errors).toContain('--break');
  });
});
