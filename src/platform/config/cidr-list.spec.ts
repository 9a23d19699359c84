import { describe, expect, it } from '@jest/globals';
import { CidrList, cidrFaults } from './cidr-list.js';

describe('address ranges', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['::1/128', '::1', true],
    ['::/0', '10.0.0.1', false],
    ['fc00::/7', 'fd12::1', true],
    ['', '127.0.0.1', false],
    ['10.0.0.0/8', 'localhost', false],
  ])('%s holds %s: %s', (list, address, expected) => {
    expect(new CidrList(list).contains(address)).toBe(expected);
  });

  it.each([
    '10/8',
    '010.0.0.0/8',
    '0x7f.1',
    '10.0.0.0/33',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'lan',
  ])('refuses %s', (entry) => {
    expect(cidrFaults(`127.0.0.0/8,${entry}`)).toEqual([`"${entry}" is no address range (CIDR)`]);
    expect(new CidrList(entry).isEmpty).toBe(true);
  });
});
