import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { bareHost } from '../../src/platform/http/outbound-guard.js';
import { isPublicAddress } from '../../src/platform/http/special-ranges.js';
import { innerHosts } from './inner-hosts.js';
import { Random } from './random.js';

describe('the hosts that lead inside', () => {
  const hosts = innerHosts(new Random(5), 3000);

  it('are as many as asked for, each once, the same for the same seed', () => {
    expect(hosts.length).toBeGreaterThanOrEqual(3000);
    expect(new Set(hosts).size).toBe(hosts.length);
    expect(innerHosts(new Random(5), 3000)).toEqual(hosts);
  });

  it('are addresses to whoever parses the URL, however they look, and none of them is public', () => {
    const wrong = hosts.filter((host) => {
      const read = bareHost(URL.parse(`https://${host}:8443/`)?.hostname ?? '');
      return isIP(read) === 0 || isPublicAddress(read);
    });
    expect(wrong).toEqual([]);
  });
});
