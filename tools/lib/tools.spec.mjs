import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildState } from './build.mjs';
import { needsInstall } from './install.mjs';
import { isNewEnough, pinnedNode } from './pinned-node.mjs';
import { programFor } from './programs.mjs';
import { closingLine, lastClosingLine, lastClosingLineOfAll, testCounts } from './test-report.mjs';
import { ROOT } from './project.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'waybill-tools-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name, seconds, text = '') {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, seconds, seconds);
}

describe('needsInstall', () => {
  it('is true until an install is complete, and again after the lock changed', () => {
    write('package-lock.json', 100);
    mkdirSync(path.join(root, 'node_modules/half-installed'), { recursive: true });
    expect(needsInstall(root)).toBe(true);
    write('node_modules/.package-lock.json', 200);
    expect(needsInstall(root)).toBe(false);
    write('package-lock.json', 300);
    expect(needsInstall(root)).toBe(true);
  });
});

describe('buildState', () => {
  const names = ['src/main.ts', 'plugins/a/index.ts', 'bench/b.ts'];
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
  beforeEach(() => {
    for (const name of [...names, ...settings]) write(name, 100);
    const stamp = JSON.stringify({ sources: [...names, ...settings] });
    write('dist/.built.json', 200, stamp);
  });

  it('is satisfied by a build that is newer than every source', () => {
    expect(buildState(root)).toBe('nothing');
    write('src/main.spec.ts', 300);
    write('plugins/a/README.md', 300);
    expect(buildState(root)).toBe('nothing');
  });

  it.each([...names, ...settings])('sees a change of %s', (name) => {
    write(name, 300);
    expect(buildState(root)).toBe('changes');
  });

  it('sees a new source with an old date', () => {
    write('src/moved-here.ts', 50);
    expect(buildState(root)).toBe('changes');
  });

  it('starts over when a source is gone or the stamp is missing', () => {
    rmSync(path.join(root, 'plugins/a/index.ts'));
    expect(buildState(root)).toBe('everything');
    write('plugins/a/index.ts', 100);
    expect(buildState(root)).toBe('nothing');
    rmSync(path.join(root, 'dist/.built.json'));
    expect(buildState(root)).toBe('everything');
  });
});

describe('pinnedNode', () => {
  it('falls back to the running Node when the package is absent or broken', () => {
    expect(pinnedNode(root)).toBe(process.execPath);
    write(`node_modules/node-${process.platform}-${process.arch}/bin/node`, 100, 'not a program');
    expect(pinnedNode(root)).toBe(process.execPath);
  });

  it.each([
    ['22.12.0', true],
    ['24.0.0', true],
    ['22.11.0', false],
    ['20.20.2', false],
  ])('%s can run the gateway: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});

describe('programFor', () => {
  it('knows the gateway and the words', () => {
    expect(programFor([])).toEqual({ file: 'dist/src/main.js', args: [] });
    expect(programFor(['--help'])).toEqual({ file: 'dist/src/main.js', args: ['--help'] });
    const made = { file: 'dist/src/cli/new/main.js', args: ['source', 'acme'] };
    expect(programFor(['new', 'source', 'acme'])).toEqual(made);
    const gateway = programFor(['migrate', '--status']);
    expect(gateway).toEqual({ file: 'dist/src/main.js', args: ['--migrate', '--status'] });
    expect(programFor(['toString'])).toBeUndefined();
  });
});

describe('closingLine', () => {
  const counts = {
    numPassedTests: 5,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  it('counts tests, suites that did not load, and skipped ones', () => {
    expect(closingLine(testCounts(counts))).toBe('5 passed, 1 failed');
    expect(closingLine(testCounts({ ...counts, numRuntimeErrorTestSuites: 2 }))).toBe(
      '5 passed, 3 failed',
    );
    expect(closingLine(testCounts({ ...counts, numTodoTests: 2 }))).toBe(
      '5 passed, 1 failed, 2 skipped',
    );
    expect(lastClosingLine(path.join(root, 'none.json'))).toBe('0 passed, 1 failed');
  });

  it('adds the drills, and counts a report that is not there as a failure', () => {
    const [tests, drills, none] = ['jest.json', 'drills.json', 'none.json'].map((name) =>
      path.join(root, name),
    );
    writeFileSync(tests, JSON.stringify(counts));
    const results = ['passed', 'passed', 'failed', 'skipped'].map((outcome) => ({ outcome }));
    writeFileSync(drills, JSON.stringify({ results }));
    expect(lastClosingLineOfAll(tests, drills)).toBe('7 passed, 2 failed, 1 skipped');
    expect(lastClosingLineOfAll(tests, none)).toBe('5 passed, 2 failed');
  });
});

describe('handOver', () => {
  let outer;
  // One that a failed test left would keep the runner from ending; SIGTERM also ends the inner process.
  afterEach(() => outer.kill('SIGTERM'));
  const run = (script) => {
    const lib = path.join(ROOT, 'tools/lib/hand-over.mjs');
    const code = `import { handOver } from ${JSON.stringify(lib)};
      process.exitCode = await handOver(process.execPath, ['-e', ${JSON.stringify(script)}]);`;
    outer = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return outer;
  };

  it('ends with the exit code of the program', async () => {
    expect(await once(run('process.exit(9)'), 'exit')).toEqual([9, null]);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('hands on %s and waits for the end', async (signal) => {
    const handle = `process.on('${signal}', () => setTimeout(() => process.exit(4), 200))`;
    run(`${handle}; console.log('up'); setInterval(() => 0, 1000)`);
    await once(outer.stdout, 'data');
    outer.kill(signal);
    expect(await once(outer, 'exit')).toEqual([4, null]);
  });

  it('dies of the signal that the program died of', async () => {
    run("process.kill(process.pid, 'SIGKILL')");
    expect(await once(outer, 'exit')).toEqual([null, 'SIGKILL']);
  });
});

describe('start.mjs', () => {
  it('answers an unknown word with its usage', async () => {
    const child = spawn(process.execPath, [path.join(ROOT, 'tools/start.mjs'), 'dance'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(said).toContain('demo|bench|new|drills');
  });
});
