import ipaddr from 'ipaddr.js';
import { BlockList, isIP } from 'node:net';

/**
 * IPv4 that is not the public internet. Source: IANA IPv4 Special-Purpose Address Registry, plus
 * multicast (224/4), class E (240/4) and the one cloud metadata service on a public address.
 */
const SPECIAL_V4: readonly string[] = [
  '0.0.0.0/8', // this network; 0.0.0.0 reaches loopback on Linux
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT; Alibaba metadata 100.100.100.200
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure WireServer
  '169.254.0.0/16', // link-local; AWS, GCP, Azure metadata 169.254.169.254
  '172.16.0.0/12',
  '192.0.0.0/24', // IETF protocol assignments; Oracle metadata 192.0.0.192
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // class E and broadcast
];

/**
 * Outside 2000::/3 no IPv6 address is public: that covers `::`, `::1`, `::a.b.c.d` (::/96), mapped
 * (::ffff:0:0/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard (100::/64), SRv6 (5f00::/16),
 * unique local (fc00::/7), link- and site-local (fe80::/10, fec0::/10) and multicast (ff00::/8).
 * The rest is listed. Source: IANA IPv6 Special-Purpose Address Registry.
 */
const GLOBAL_V6 = '2000::/3';
const SPECIAL_V6: readonly string[] = [
  '2001::/23', // IETF protocol assignments: Teredo 2001::/32, benchmarking, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4 carries an IPv4 address
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
];

/** A `BlockList` of CIDRs; a bare address counts as itself. Throws RangeError naming the first faulty one. */
export function rangesOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits, ...rest] = cidr.trim().split('/');
    const family = isIP(address);
    const width = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (family === 0 || rest.length > 0 || prefix < 0 || prefix > width) {
      throw new RangeError(`"${cidr}" is not a CIDR such as 10.1.0.0/16 or fd00::/8`);
    }
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

const specialV4 = rangesOf(SPECIAL_V4);
const specialV6 = rangesOf(SPECIAL_V6);
const globalV6 = rangesOf([GLOBAL_V6]);

/** True when the list holds this IP address (no brackets, no zone). A list of IPv4 ranges also holds their mapped IPv6 forms. */
export function holds(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** True for an address of the public internet. Anything that is not an IP address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !holds(specialV4, address);
  return holds(globalV6, address) && !holds(specialV6, address);
}

/** One spelling per address, mapped IPv6 as IPv4, zone dropped: for comparing. Text that is no address comes back unchanged. */
export function canonicalAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  return isIP(bare) === 0 ? address : ipaddr.process(bare).toString();
}
