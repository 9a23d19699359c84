import { describe, expect, it } from '@jest/globals';
import { Configuration, type Route, type Target } from '../accounts/index.js';
import type { EventType, TargetPlugin } from '../contract/index.js';
import { hookTarget } from '../../test/journey/toys.js';
import { ConfigVersion } from './config-version.js';
import { Planner } from './planner.js';

const target = (id: string, test = false, accepts: EventType[] = ['SALE', 'REFUND']): Target => ({
  id,
  plugin: { ...hookTarget, accepts } as unknown as TargetPlugin,
  settings: {},
  options: { sockets: 1, ratePerSecond: null, test, orphanReversals: 'skip' },
});

const route = (id: string, to: string[], more: Partial<Route> = {}): Route => ({
  id,
  from: '*',
  to,
  events: null,
  test: false,
  offers: null,
  affiliates: null,
  settingsFor: new Map(),
  specificity: 0,
  ...more,
});

/** A version that moves when told to. */
class Version extends ConfigVersion {
  at = 1;
  override get current(): number {
    return this.at;
  }
}

function planner(routes: Route[], targets: Target[] = [target('tap'), target('tune')]) {
  const none = { accounts: [], offers: [], programmes: [], plugins: [] };
  const version = new Version();
  const configuration = new Configuration({
    ...none,
    targets,
    routes,
    referenced: [],
    warnings: [],
  });
  return { planner: new Planner(configuration, version), version };
}

const plan = (routes: Route[], targets?: Target[], type: EventType = 'SALE', test = false) =>
  planner(routes, targets)
    .planner.plan('shop', type, test)
    .map((one) => `${one.target} by ${one.route}${one.testOnly ? ' (test)' : ''}`);

describe('the plan', () => {
  it('leads to every target of every matching route', () => {
    expect(plan([route('a', ['tap']), route('b', ['tune'])])).toEqual(['tap by a', 'tune by b']);
    expect(plan([])).toEqual([]);
  });

  it.each<[string, Partial<Route>, string[]]>([
    ['of this account', { from: ['shop', 'other'] }, ['tap by a']],
    ['of another account', { from: ['other'] }, []],
    ['of this type', { events: ['SALE'] }, ['tap by a']],
    ['of another type', { events: ['REFUND'] }, []],
    ['of no type at all', { events: [] }, []],
    // Finer filters are for the moment of sending: the plan does not know the click yet.
    ['of another offer', { offers: ['keto'] }, ['tap by a']],
  ])('looks at a route %s', (_name, more, wanted) => {
    expect(plan([route('a', ['tap'], more)])).toEqual(wanted);
  });

  it('takes the most specific route to a target, of equals the first in the file', () => {
    const routes = [
      route('wide', ['tap', 'tune']),
      route('narrow', ['tap'], { specificity: 4, from: ['shop'] }),
      route('narrow too', ['tap'], { specificity: 4, from: ['shop'] }),
      route('between', ['tap'], { specificity: 2 }),
    ];
    expect(plan(routes).toSorted()).toEqual(['tap by narrow', 'tune by wide']);
    const { planner: one } = planner(routes);
    expect(one.routeFor('shop', 'SALE', 'tap')?.id).toBe('narrow');
    expect(one.routeFor('other', 'SALE', 'tap')?.id).toBe('between');
    expect(one.routeFor('shop', 'SALE', 'nobody')).toBeUndefined();
  });

  it('leaves out targets that do not take the type, or are not there', () => {
    const targets = [target('tap', false, ['REFUND']), target('tune')];
    expect(plan([route('a', ['tap', 'tune', 'gone'])], targets)).toEqual(['tune by a']);
    expect(plan([route('a', ['tap', 'tune'])], targets, 'REFUND')).toEqual([
      'tap by a',
      'tune by a',
    ]);
  });

  it.each<[string, boolean, boolean, boolean, string | null]>([
    ['a live event, live target', false, false, false, 'tap by a'],
    ['a test event, live target', true, false, false, 'tap by a (test)'],
    ['a test event, test target', true, true, false, 'tap by a'],
    ['a test event, a route for tests', true, false, true, 'tap by a'],
    // A sandbox: nothing real goes there.
    ['a live event, test target', false, true, false, null],
    ['a live event, a route for tests', false, false, true, 'tap by a'],
  ])('%s', (_name, test, testTarget, testRoute, wanted) => {
    const routes = [route('a', ['tap'], { test: testRoute })];
    expect(plan(routes, [target('tap', testTarget)], 'SALE', test)).toEqual(
      wanted === null ? [] : [wanted],
    );
  });

  it('asks the route that it takes whether tests may pass, not another one', () => {
    const routes = [
      route('wide', ['tap'], { test: true }),
      route('narrow', ['tap'], { specificity: 4 }),
    ];
    expect(plan(routes, [target('tap')], 'SALE', true)).toEqual(['tap by narrow (test)']);
  });

  it('carries the version it was made under, and is made once per version', () => {
    const { planner: one, version } = planner([route('a', ['tap'])]);
    const first = one.plan('shop', 'SALE', false);
    expect(first).toEqual([{ target: 'tap', route: 'a', configVersion: 1, testOnly: false }]);
    expect(one.plan('shop', 'SALE', false)).toBe(first);
    version.at = 2;
    expect(one.plan('shop', 'SALE', false)).toMatchObject([{ configVersion: 2 }]);
    expect(first).toMatchObject([{ configVersion: 1 }]);
  });
});
