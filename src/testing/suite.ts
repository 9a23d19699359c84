import { dirname } from 'node:path';
import type { SealModule, SourcePlugin, TargetPlugin } from '../contract/index.js';
import { check, type Check, type Faults } from './fault.js';
import { loadSourceCases, loadTargetCases, loadTargetSettings } from './fixtures.js';
import { pluginImpurities } from './purity.js';
import { readmeOf, sourceReadmeFaults, targetReadmeFaults } from './readme-checks.js';
import { sourceChecks } from './source-checks.js';
import { targetChecks } from './target-checks.js';

/** The three functions of a test runner that the suite needs (Jest, Vitest and node:test with an `expect` have them). */
export interface TestGlobals {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => void) => void;
  readonly expect: (value: unknown) => { toEqual(wanted: unknown): void };
}

/** A plugin that brought no README has told its users nothing. */
function readmeCheck(pluginDir: string, faults: (readme: string) => Faults): Check {
  return check('README tells what it does', () => {
    const readme = readmeOf(pluginDir);
    return readme === undefined ? [`${pluginDir} holds no README.md`] : faults(readme);
  });
}

/** Every check of a source that lies in a folder `<plugin>/fixtures`. */
export function sourceSuite(
  plugin: SourcePlugin,
  fixturesDir: string,
  seal: SealModule,
): readonly Check[] {
  const pluginDir = dirname(fixturesDir);
  return [
    ...sourceChecks(plugin, loadSourceCases(fixturesDir), seal),
    check('source text is pure', () => pluginImpurities(pluginDir)),
    readmeCheck(pluginDir, (readme) => sourceReadmeFaults(plugin, readme)),
  ];
}

/** Every check of a target that lies in a folder `<plugin>/fixtures`. */
export function targetSuite(plugin: TargetPlugin, fixturesDir: string): readonly Check[] {
  const pluginDir = dirname(fixturesDir);
  return [
    ...targetChecks(plugin, loadTargetCases(fixturesDir), loadTargetSettings(fixturesDir)),
    check('source text is pure', () => pluginImpurities(pluginDir)),
    readmeCheck(pluginDir, (readme) => targetReadmeFaults(plugin, readme)),
  ];
}

function register(
  title: string,
  checks: readonly Check[],
  { describe, it, expect }: TestGlobals,
): void {
  describe(title, () => {
    for (const one of checks) it(one.name, () => expect(one.run()).toEqual([]));
  });
}

/**
 * Registers the contract suite of a source. `fixturesDir` is the absolute path of its `fixtures` folder.
 *
 * @example
 * import { describe, expect, it } from '@jest/globals';
 * runSourceSuite(plugin, join(import.meta.dirname, 'fixtures'), seal, { describe, it, expect });
 */
export const runSourceSuite = (
  plugin: SourcePlugin,
  fixturesDir: string,
  seal: SealModule,
  globals: TestGlobals,
): void => register(`source ${plugin.name}`, sourceSuite(plugin, fixturesDir, seal), globals);

/** Registers the contract suite of a target. */
export const runTargetSuite = (
  plugin: TargetPlugin,
  fixturesDir: string,
  globals: TestGlobals,
): void => register(`target ${plugin.name}`, targetSuite(plugin, fixturesDir), globals);
