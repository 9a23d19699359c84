import { describe, expect, it } from '@jest/globals';
import { loadTargetCases, loadTargetSettings } from '../../src/testing/fixtures.js';
import { targetChecks } from '../../src/testing/target-checks.js';
import { pluginImpurities } from '../../src/testing/purity.js';
import plugin from './index.js';
const here = import.meta.dirname;
const dir = here + '/fixtures';
describe('suite', () => {
  for (const c of targetChecks(plugin as never, loadTargetCases(dir), loadTargetSettings(dir)))
    if (!process.env['Q'] || !c.name.includes('of any kind')) it(c.name, () => expect(c.run()).toEqual([]));
  it('pure', () => expect(pluginImpurities(here)).toEqual([]));
});
