import { describe, expect, it } from '@jest/globals';
import { readCommandLine } from './command-line.js';

const RULE = 'must be one of the following values: api, worker, all';

describe('the command line', () => {
  it.each([
    [[], {}],
    [['--role=api'], { WAYBILL_ROLE: 'api' }],
    [['--role', 'worker'], { WAYBILL_ROLE: 'worker' }],
    [['--role=api', '--role=all'], { WAYBILL_ROLE: 'all' }],
  ])('of %j gives %j', (words, env) => {
    expect(readCommandLine(words)).toEqual({ env, faults: [] });
  });

  it.each([[['--role=boss']], [['--role=']], [['--role']], [['--role=api=x']], [['--role', 'x']]])(
    'with %j says which roles there are',
    (words) => {
      const { env, faults } = readCommandLine(words);
      expect(env).toEqual({});
      expect(faults).toEqual([{ path: '--role', rule: RULE, example: '--role=worker' }]);
    },
  );

  it.each([
    [['--migrate'], { status: false, json: false, waitMs: 600_000 }],
    [['--migrate', '--json', '--wait=5'], { status: false, json: true, waitMs: 5000 }],
    [['--status'], { status: true, json: false, waitMs: 600_000 }],
    [['--migrate', '--status', '--wait', '0'], { status: true, json: false, waitMs: 0 }],
  ])('of %j is about the database', (words, migrate) => {
    expect(readCommandLine(words)).toEqual({ env: {}, faults: [], migrate });
  });

  it.each([
    [['--json'], '--json'],
    [['--migrate=1'], '--migrate'],
    [['--migrate', '--wait=soon'], '--wait'],
    [['--wait=5'], '--wait'],
  ])('%j is a fault', (words, path) => {
    expect(readCommandLine(words).faults.map((fault) => fault.path)).toEqual([path]);
  });

  it('with another word says what there is, without the value', () => {
    const { faults } = readCommandLine(['--rol=api', 'worker', '--key=hush-hush']);
    expect(faults.map(({ path }) => path)).toEqual(['--rol', 'worker', '--key']);
    expect(faults[0]?.rule).toContain(
      'is not an argument; there is --role=api|worker|all, --migrate',
    );
    expect(JSON.stringify(faults)).not.toContain('hush');
  });
});
