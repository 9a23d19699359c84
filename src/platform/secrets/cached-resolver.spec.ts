import { beforeEach, describe, expect, it } from '@jest/globals';
import { CachedResolver } from './cached-resolver.js';
import type { Found } from './found.js';

describe('what a secrets manager gave', () => {
  let now = 0;
  let given: Found = { value: 'one' };
  let asked: string[] = [];
  let stale: string[] = [];
  const cached = () =>
    new CachedResolver(
      {
        kind: 'aws',
        find: (name) => {
          asked.push(name);
          return Promise.resolve(given);
        },
      },
      {
        now: () => now,
        freshMs: 1000,
        onStale: (reference, rule) => stale.push(`${reference}: ${rule}`),
      },
    );

  beforeEach(() => {
    now = 5000;
    given = { value: 'one' };
    [asked, stale] = [[], []];
  });

  it('is asked for once, also by many at a time, until it is old', async () => {
    const resolver = cached();
    const find = () => resolver.find('a');
    await Promise.all([find(), find()]);
    now += 999;
    given = { value: 'two' };
    expect(await find()).toEqual({ value: 'one' });
    now += 1;
    expect(await find()).toEqual({ value: 'two' });
    expect([asked, resolver.kind]).toEqual([['a', 'a'], 'aws']);
  });

  it('stays in use while the manager gives nothing, loudly; what was never read is refused', async () => {
    const resolver = cached();
    await resolver.find('a');
    now += 1000;
    given = { rule: 'needs a, which cannot be reached' };
    expect([await resolver.find('a'), await resolver.find('b')]).toEqual([{ value: 'one' }, given]);
    expect(stale).toEqual(['aws:a: needs a, which cannot be reached']);
    // It is asked again, not kept as if it were fresh.
    given = { value: 'two' };
    expect(await resolver.find('a')).toEqual({ value: 'two' });
  });
});
