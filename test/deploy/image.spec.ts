import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  filesBelow,
  MANIFEST,
  NODE_ENV,
  NODE_FLAGS,
  ROOT,
  run,
  SETTINGS,
  textOf,
  tool,
} from './deploy-kit.js';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** Instructions of a Dockerfile: comments dropped, continued lines joined. */
const instructionsOf = (text: string): readonly Instruction[] =>
  text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { word, rest };
    });

const ALL = instructionsOf(textOf('deploy/Dockerfile'));
const of = (word: string, list = ALL): readonly string[] =>
  list.filter((one) => one.word === word).map(({ rest }) => rest);
const starts = ALL.flatMap(({ word }, i) => (word === 'FROM' ? [i] : []));
const STAGES = starts.map((from, i) => ALL.slice(from, starts[i + 1]));
const LAST = STAGES.at(-1) ?? [];

/** The JSON list of ENTRYPOINT or HEALTHCHECK. */
const wordsOf = (text: string): readonly string[] =>
  JSON.parse(/\[.*\]/.exec(text)?.[0] ?? '[]') as readonly string[];

const NODE_IMAGE = /^NODE_IMAGE=node:(\d+\.\d+\.\d+)-bookworm-slim$/;

describe('the Dockerfile', () => {
  it('has several stages, all of the Node that npm pins, and ends on nothing', () => {
    expect(STAGES.length).toBeGreaterThan(2);
    const version = NODE_IMAGE.exec(of('ARG')[0] ?? '')?.[1];
    expect([...new Set(Object.values(MANIFEST.optionalDependencies))]).toEqual([version]);
    const bases = of('FROM').map((rest) => rest.split(' ')[0]);
    expect(new Set(bases.slice(0, -1))).toEqual(new Set(['${NODE_IMAGE}']));
    expect(bases.at(-1)).toBe('scratch');
  });

  it('runs as nobody in particular, by number', () => {
    expect(of('USER', LAST)).toEqual(['10001:10001']);
    expect(LAST.findIndex(({ word }) => word === 'USER')).toBeLessThan(
      LAST.findIndex(({ word }) => word === 'ENTRYPOINT'),
    );
  });

  it('starts as `npm start` does', () => {
    const [entry = ''] = of('ENTRYPOINT', LAST);
    expect(wordsOf(entry)).toEqual(['/usr/local/bin/node', ...NODE_FLAGS, '/app/dist/src/main.js']);
    const env = of('ENV', LAST).join(' ').split(/\s+/);
    expect(env).toEqual(
      expect.arrayContaining([...NODE_ENV, 'NODE_ENV=production', 'HOST=0.0.0.0']),
    );
    const names = env.map((pair) => pair.split('=')[0] ?? '');
    expect(names.filter((name) => !name.startsWith('MALLOC_') && !SETTINGS.has(name))).toEqual([]);
  });

  it('says whether it lives', () => {
    const [health = ''] = of('HEALTHCHECK', LAST);
    expect(health).toMatch(/--interval=\d+s --timeout=\d+s --start-period=\d+s --retries=\d/);
    expect(wordsOf(health)).toEqual(['/usr/local/bin/node', '/app/deploy/image/healthcheck.mjs']);
  });

  it('copies by name only, from stages that exist and files that exist', () => {
    expect(of('ADD')).toEqual([]);
    const stages = of('FROM').map((rest) => / AS (\w+)$/.exec(rest)?.[1]);
    const sources = of('COPY').flatMap((rest) => {
      const from = /^--from=(\w+) /.exec(rest)?.[1];
      if (from !== undefined) expect(stages).toContain(from);
      return from === undefined ? rest.split(/\s+/).slice(0, -1) : [];
    });
    expect(sources.length).toBeGreaterThan(8);
    expect(sources).not.toContain('.');
    const ignore = textOf('deploy/Dockerfile.dockerignore').split('\n');
    const kept = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(ignore.find((line) => !line.startsWith('#'))).toBe('*');
    for (const source of sources) {
      expect(statSync(join(ROOT, source)).size).toBeGreaterThan(0);
      expect(kept.some((name) => source === name || source.startsWith(`${name}/`))).toBe(true);
    }
  });

  it('runs nobody else’s scripts, installs by the lock, and holds no secret', () => {
    const installs = of('RUN').filter((rest) => rest.includes('npm '));
    const packages = installs.filter((rest) => rest.startsWith('npm ci'));
    expect(packages.length).toBe(2);
    expect(packages.filter((rest) => !rest.includes('--ignore-scripts'))).toEqual([]);
    expect(installs.some((rest) => /npm (?:i|install)\b/.test(rest))).toBe(false);
    const named = [...of('ARG'), ...of('ENV')].join('\n');
    expect(named).not.toMatch(/KEY|SECRET|PASSWORD|TOKEN|MONGODB_URI|REDIS_URL/);
  });

  const hadolint = tool('hadolint', 'WAYBILL_HADOLINT');
  (hadolint === undefined ? it.skip : it)('passes hadolint', () => {
    const { code, text } = run(hadolint ?? '', [join(ROOT, 'deploy/Dockerfile')]);
    expect([code, text]).toEqual([0, '']);
  });
});

describe('the root of the image', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'waybill-image-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  (process.platform === 'linux' ? it : it.skip)('holds Node and what it is linked to', () => {
    const to = join(home, 'root');
    const laid = run('sh', [join(ROOT, 'deploy/image/root.sh'), process.execPath, to]);
    expect([laid.code, laid.text]).toEqual([0, '']);
    const linked = run('ldd', [process.execPath]).text.match(/\/\S+/g) ?? [];
    expect(linked.length).toBeGreaterThan(3);
    for (const file of linked) expect(statSync(join(to, file)).isFile()).toBe(true);
    const passwd = run('cat', [join(to, 'etc/passwd')]).text;
    expect(passwd).toMatch(/^waybill:x:10001:10001:/);
  });

  it('is rid of types and maps, and keeps what runs and what is licensed', () => {
    const names = [
      'a.js',
      'a.js.map',
      'a.d.ts',
      'b/c.mjs',
      'b/c.d.mts',
      'b/README.md',
      'b/LICENSE.md',
      'b/data.json',
    ];
    const folder = join(home, 'prune');
    mkdirSync(join(folder, 'b'), { recursive: true });
    for (const name of names) writeFileSync(join(folder, name), 'x');
    const { code, text } = run(process.execPath, [join(ROOT, 'deploy/image/prune.mjs'), folder]);
    expect([code, text]).toEqual([0, 'removed 4 files, 0.0 MB\n']);
    const left = run('find', [folder, '-type', 'f', '-printf', '%P\n']).text.trim().split('\n');
    expect(left.sort()).toEqual(['a.js', 'b/LICENSE.md', 'b/c.mjs', 'b/data.json']);
  });
});

describe('the files for deployment', () => {
  it('hold no secret', () => {
    const PATTERN =
      /\b(?:sk|rk)_(?:live|test)_\w{8,}|\bwbk_\w{8,}|\bwhsec_\w{8,}|BEGIN [A-Z ]*PRIVATE KEY/;
    const told = filesBelow('deploy').filter((file) => PATTERN.test(textOf(file)));
    expect(told).toEqual([]);
  });

  it('name settings that exist', () => {
    // Of HAProxy, of compose.yaml and of the tests.
    const OTHERS = /^WAYBILL_(?:GATEWAY_[12]|(?:PUBLIC|INSIDE|STATS)_BIND|(?:HTTP|INSIDE)_PORT)$/;
    const named = filesBelow('deploy').flatMap(
      (file) => textOf(file).match(/\bWAYBILL_[A-Z0-9_]+/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(30);
    const strange = named.filter((name) => !SETTINGS.has(name) && !OTHERS.test(name));
    expect([...new Set(strange)]).toEqual([]);
  });
});
