import { describe, expect, it } from '@jest/globals';
import { queuePrefix, redisAddress, redisUrlFaults } from './redis-address.js';

describe('the address of Redis', () => {
  it.each(['redis://cache.internal:6379/0', 'rediss://:secret@cache', 'redis://[::1]:7000'])(
    '%s is one server, as ioredis reads it',
    (url) => {
      expect(redisAddress(url)).toEqual({ kind: 'single', url });
    },
  );

  it('names Sentinels and the master that they watch', () => {
    expect(
      redisAddress(
        'redis+sentinel://app:p%40ss@s1,s2:26400,[2001:db8::1]:7/main/3?sentinelPassword=s%2Fp',
      ),
    ).toEqual({
      kind: 'sentinel',
      tls: false,
      username: 'app',
      password: 'p@ss',
      nodes: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_400 },
        { host: '2001:db8::1', port: 7 },
      ],
      name: 'main',
      db: 3,
      sentinelPassword: 's/p',
    });
  });

  it('names nodes of a cluster', () => {
    expect(redisAddress('rediss+cluster://:secret@c1,c2:7001')).toEqual({
      kind: 'cluster',
      tls: true,
      username: undefined,
      password: 'secret',
      nodes: [
        { host: 'c1', port: 6379 },
        { host: 'c2', port: 7001 },
      ],
    });
  });

  it.each([
    ['http://cache', 'must start with redis://'],
    ['redis://', 'must start with redis://'],
    ['redis+ring://a', 'must start with redis://'],
    ['redis+sentinel://:secret@s1,s2', 'must name the master'],
    ['redis+sentinel://s1/main/x', 'must name the master'],
    ['redis+sentinel://s1/main?role=slave', 'no other parameter than sentinelPassword'],
    ['redis+sentinel://:%E0%A4%A@s1/main', 'percent-encoded'],
    ['redis+cluster://c1,/', 'must list hosts as host:port'],
    ['redis+cluster://c1:0', 'must list hosts as host:port'],
    ['redis+cluster://c1:70000', 'must list hosts as host:port'],
    ['redis+cluster://:secret@c1/1', 'must end behind the hosts'],
  ])('%s is refused with a rule that shows none of it', (url, rule) => {
    expect(redisUrlFaults(url)).toEqual([expect.stringContaining(rule)]);
    expect(redisUrlFaults(url).join()).not.toContain('secret@');
    expect(() => redisAddress(url)).toThrow(RangeError);
  });

  it('puts the keys of one queue into one slot of a cluster, and leaves them elsewhere as they were', () => {
    expect([
      queuePrefix('redis://a', 'deliver-0'),
      queuePrefix('redis+sentinel://a/m', 'deliver-0'),
      queuePrefix('redis+cluster://a', 'deliver-0'),
    ]).toEqual(['waybill', 'waybill', '{waybill-deliver-0}']);
  });
});
