import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** The linter keeps the walls; this spec keeps the linter: every wall must really refuse a violation. */

const ROOT = resolve(import.meta.dirname, '../..');

const ROOMS = [
  ...['contract', 'platform', 'registry', 'accounts', 'ledger', 'route', 'clicks', 'verify'],
  ...[
    'normalize',
    'settle',
    'deliver',
    'enrich',
    'ingest',
    'privacy',
    'reports',
    'admin',
    'health',
  ],
];

const IMPORTS = 'no-restricted-imports';

interface Case {
  readonly what: string;
  readonly file: string;
  readonly code: string;
  /** Rule that must report the file; null: nothing may. */
  readonly rule: string | null;
}

const use = (specifier: string): string =>
  `import { x } from '${specifier}';\nexport const y = x;\n`;
const refuse = (file: string, specifier: string): Case => ({
  what: `${file} importing ${specifier}`,
  file,
  code: use(specifier),
  rule: IMPORTS,
});
const allow = (file: string, specifier: string): Case => ({
  ...refuse(file, specifier),
  rule: null,
});

const rooms: Case[] = ROOMS.flatMap((room, at) => [
  ...ROOMS.slice(at + 1).map((right) =>
    refuse(`src/${room}/to-${right}.ts`, `../${right}/${right}.js`),
  ),
  ...ROOMS.slice(0, at).map((left) => allow(`src/${room}/to-${left}.ts`, `../${left}/${left}.js`)),
  refuse(`src/${room}/deep/to-plugin.ts`, '../../../plugins/stripe/index.js'),
  refuse(`src/${room}/to-testing.ts`, '../testing/index.js'),
  refuse(`src/${room}/to-app.ts`, '../app.module.js'),
]);

const others: Case[] = [
  refuse('src/platform/mongo/deep.ts', '../../ledger/ledger.js'),
  allow('src/platform/mongo/fine.ts', '../clock/clock.js'),
  refuse('src/deliver/world.ts', 'axios'),
  refuse('src/ledger/world.ts', 'node:http'),
  allow('src/platform/http/world.ts', 'axios'),
  refuse('src/testing/a.ts', '../ledger/ledger.js'),
  allow('src/testing/b.ts', '../platform/clock/clock.js'),
  refuse('src/cli/new/a.ts', '../../testing/index.js'),
  refuse('src/cli/b.ts', '../registry/registry.js'),
  allow('src/cli/demo/c.ts', '../../testing/index.js'),
  refuse('src/cli/demo/d.ts', '../../ingest/door.js'),
  allow('src/cli/kits/e.ts', '../../testing/index.js'),
  refuse('src/cli/kits/f.ts', '../../testing/fixtures.js'),
  refuse('src/cli/kits/g.ts', '../../ledger/ledger.js'),
  refuse('src/cli/traffic/h.ts', '../../testing/index.js'),
  refuse('src/main.ts', '../plugins/stripe/index.js'),
  allow('src/app.module.ts', './health/health.module.js'),
  allow('src/deliver/any.spec.ts', '../health/health.module.js'),
];

const plugins: Case[] = [
  ...['node:fs', 'axios', '@nestjs/common', '../other/x.js', '../../src/contract/index.js'].map(
    (specifier, at) => refuse(`plugins/one/no${at}.ts`, specifier),
  ),
  refuse('plugins/one/no-fixtures.ts', './fixtures/seal.js'),
  refuse('plugins/one/parts/no.ts', '../../other/x.js'),
  refuse('plugins/one/fixtures/no.ts', 'node:fs'),
  refuse('plugins/one/no.spec.ts', '@nestjs/common'),
  ...['#contract', 'node:crypto', 'node:zlib', './verify.js', './parts/x.js'].map((specifier, at) =>
    allow(`plugins/one/yes${at}.ts`, specifier),
  ),
  allow('plugins/one/parts/yes.ts', '../verify.js'),
  ...[
    '@jest/globals',
    'nock',
    'stripe',
    'node:fs',
    './fixtures/seal.js',
    '../../src/testing/index.js',
  ].map((specifier, at) => allow(`plugins/one/yes${at}.spec.ts`, specifier)),
];

const pure = (what: string, code: string, rule: string): Case => ({
  what: `a plugin with ${what}`,
  file: `plugins/one/${what.replaceAll(/\W+/g, '-')}.ts`,
  code,
  rule,
});

const rules: Case[] = [
  pure('Date.now', 'export const at = (): number => Date.now();', 'no-restricted-properties'),
  pure('Math.random', 'export const at = (): number => Math.random();', 'no-restricted-properties'),
  pure(
    'fetch',
    "export const at = (): unknown => fetch('https://a.example');",
    'no-restricted-globals',
  ),
  pure('process', 'export const at = (): unknown => process.env;', 'no-restricted-globals'),
  pure(
    'setTimeout',
    'export const at = (): unknown => setTimeout(() => at(), 1);',
    'no-restricted-globals',
  ),
  pure(
    'a blind cast',
    'export const at = (v: unknown): string => v as string;',
    'no-unsafe-type-assertion',
  ),
  pure('import of a module at run time', "export const at = await import('node:fs');", IMPORTS),
  {
    what: 'any',
    file: 'src/route/any.ts',
    code: 'export const v = (x: any): void => x;',
    rule: 'no-explicit-any',
  },
  {
    what: 'a floating promise',
    file: 'src/route/floating.ts',
    code: 'const work = async (): Promise<void> => {};\nexport const f = (): void => { work(); };',
    rule: 'no-floating-promises',
  },
  {
    what: 'a swallowed failure',
    file: 'src/route/swallow.ts',
    code: 'try { throw new Error("x"); } catch {}',
    rule: 'no-empty',
  },
  {
    what: 'a long function',
    file: 'src/route/long.ts',
    code: `export function long(): void {\n${"  String('x');\n".repeat(45)}}\n`,
    rule: 'max-lines-per-function',
  },
  {
    what: 'a long file',
    file: 'src/route/many.ts',
    code: 'export {};\n'.repeat(300),
    rule: 'max-lines',
  },
  {
    what: 'a cycle',
    file: 'src/clicks/a.ts',
    code: "import { b } from './b.js';\nexport const a = (): unknown => b;",
    rule: 'no-cycle',
  },
  {
    what: 'the other half of a cycle',
    file: 'src/clicks/b.ts',
    code: "import { a } from './a.js';\nexport const b = (): unknown => a;",
    rule: 'no-cycle',
  },
];

const all = [...rooms, ...others, ...plugins, ...rules];

let dir: string;
const found = new Map<string, Set<string>>();

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

function lint(): Promise<readonly Diagnostic[]> {
  const bin = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  return new Promise((done, fail) => {
    const options = { cwd: dir, maxBuffer: 1 << 26 };
    execFile(
      process.execPath,
      [bin, '--type-aware', '-f', 'json', 'src', 'plugins'],
      options,
      (_error, out, err) => {
        // Exit code 1 is what we want here: it found something. No JSON means that it did not run.
        try {
          done((JSON.parse(out) as { diagnostics: Diagnostic[] }).diagnostics);
        } catch {
          fail(new Error(`oxlint did not run: ${out.slice(0, 500)} ${err.slice(0, 500)}`));
        }
      },
    );
  });
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'waybill-walls-'));
  cpSync(join(ROOT, '.oxlintrc.json'), join(dir, '.oxlintrc.json'));
  cpSync(join(ROOT, 'tsconfig.json'), join(dir, 'tsconfig.json'));
  cpSync(join(ROOT, 'package.json'), join(dir, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  for (const { file, code } of all) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), code);
  }
  for (const { code, filename } of await lint()) {
    const rule = /\(([^)]+)\)/.exec(code)?.[1] ?? code;
    found.set(filename, (found.get(filename) ?? new Set()).add(rule));
  }
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the walls', () => {
  it.each(all.filter((one) => one.rule !== null))('refuse $what', ({ file, rule }) => {
    expect([...(found.get(file) ?? [])]).toContain(rule);
  });

  it('let through every import to the left and every plugin import of the list', () => {
    const allowed = all.filter((one) => one.rule === null);
    const stopped = allowed.filter(({ file }) => found.get(file)?.has(IMPORTS));
    expect(stopped.map(({ what }) => what)).toEqual([]);
    expect(allowed.length).toBeGreaterThan(100);
  });

  it('know every folder of src', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    const known = new Set([...ROOMS, 'testing', 'cli']);
    expect(folders.filter((name) => !known.has(name))).toEqual([]);
    expect(folders).toContain('contract');
  });
});
