import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkSettings,
  type CanonicalEvent,
  type HttpRequest,
  type SealModule,
  type SourcePlugin,
  type TargetPlugin,
} from '../../src/contract/index.js';
import { sampleEvent } from '../../src/testing/sample-event.js';
import { blocksOf, ROOT } from './pages.js';

const files = blocksOf('docs/plugins.md').filter(({ language }) => language === 'ts');

/** The plugins of docs/plugins.md, written out as the page names them. Inside the repository, where `#contract` is ours. */
describe('the code of docs/plugins.md', () => {
  let home: string;
  let source: SourcePlugin;
  let seal: SealModule;
  let target: TargetPlugin;

  const load = async <T>(path: string): Promise<T> =>
    (await import(pathToFileURL(join(home, path)).href)) as T;

  beforeAll(async () => {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    home = mkdtempSync(join(ROOT, '.cache/docs-'));
    for (const { title, text } of files) {
      mkdirSync(dirname(join(home, title)), { recursive: true });
      writeFileSync(join(home, title), text);
    }
    source = (await load<{ default: SourcePlugin }>('plugins/tiny/index.ts')).default;
    seal = await load<SealModule>('plugins/tiny/fixtures/seal.ts');
    target = (await load<{ default: TargetPlugin }>('plugins/ping/index.ts')).default;
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const told = (payload: object, credentials: object = seal.credentials) => {
    const sealed = seal.seal(payload, seal.credentials, 0, {});
    const notification = { ...sealed, url: '', receivedAt: 0 };
    const verdict = source.verify(notification, credentials, []);
    return verdict.ok ? source.normalize(verdict.payload, { settings: {} }) : verdict.reason;
  };

  const SOLD = {
    event: 'sold',
    order: 'A-1',
    amount: '49.00',
    currency: 'USD',
    at: '2026-11-20T10:00:00Z',
    click: 'clk1',
  };

  it('compiles under the strict flags of this repository', () => {
    cpSync(join(ROOT, 'src/contract'), join(home, 'src/contract'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(home, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
    const compilerOptions = { noEmit: true, incremental: false, rootDir: '.', outDir: 'dist' };
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions,
      include: ['plugins/**/*.ts'],
      exclude: [],
    };
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify(config));
    const compile = (): string => {
      try {
        const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
        return execFileSync(process.execPath, [tsc, '-p', '.'], { cwd: home, encoding: 'utf8' });
      } catch (error) {
        return String((error as { stdout?: unknown }).stdout);
      }
    };
    expect(compile()).toBe('');
  }, 60_000);

  it('reads what its twin sealed', () => {
    expect(told(SOLD)).toEqual([
      {
        key: 'sold:A-1',
        type: 'SALE',
        nativeType: 'sold',
        test: false,
        occurredAt: '2026-11-20T10:00:00.000Z',
        order: { id: 'A-1' },
        attribution: { clickId: 'clk1' },
        revenue: { amount: 4900, currency: 'USD' },
      },
    ]);
    expect(told({ ...SOLD, event: 'returned' })).toMatchObject([
      { type: 'REFUND', key: 'returned:A-1', reversesKey: 'sold:A-1' },
    ]);
    expect(told({ event: 'viewed' })).toEqual([]);
  });

  it('refuses a wrong secret and parks what it cannot read', () => {
    expect(told(SOLD, { signingSecret: 'another' })).toBe('bad-signature');
    expect(told({ ...SOLD, event: 'eaten' })).toEqual({ notUnderstood: 'unknown event word' });
    expect(told({ ...SOLD, amount: 'FREE' })).toHaveProperty('notUnderstood');
  });

  it('tells a partner of it', () => {
    const settings = checkSettings(
      target.settings,
      { url: 'https://p.example/c', apiKey: 'k' },
      '',
    );
    if (!settings.ok) throw new Error('the sample settings do not suit');
    const history = { entries: [], steps: [], now: 0, attempt: 1 };
    const build = (parts: Partial<CanonicalEvent>) =>
      target.build({ ...sampleEvent({}), ...parts }, settings.value, history);
    const request = build({}) as HttpRequest;
    expect(JSON.parse(request.body ?? '')).toMatchObject({ kind: 'SALE', amount: '49.00' });
    const { attribution } = sampleEvent({});
    expect(build({ attribution: { ...attribution, clickId: null } })).toEqual({
      skip: 'no-attribution',
    });
    const sent = { step: 0, attempt: 1, mayHaveArrived: false, history };
    const answer = (status: number, body: string) =>
      target.classify?.({ status, headers: {}, body }, sampleEvent({}), settings.value, sent).kind;
    expect([answer(200, '{}'), answer(200, '{"error":"no"}'), answer(503, '<html>')]).toEqual([
      'delivered',
      'refused',
      'retry',
    ]);
  });
});
