import ipaddr from 'ipaddr.js';

/** First and last address of every IPv4 range that is not the public internet, and well-known residents. */
export const SPECIAL_V4_SAMPLES: readonly string[] = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.0.0.1', '10.255.255.255'],
  ...['100.64.0.0', '100.100.100.200', '100.127.255.255', '127.0.0.0', '127.0.0.1'],
  ...['127.1.2.3', '127.255.255.255', '168.63.129.16', '169.254.0.0', '169.254.169.254'],
  ...['169.254.255.255', '172.16.0.0', '172.17.0.1', '172.31.255.255', '192.0.0.0', '192.0.0.192'],
  ...['192.0.0.255', '192.0.2.0', '192.0.2.255', '192.31.196.0', '192.31.196.255'],
  ...['192.52.193.0', '192.52.193.255', '192.88.99.0', '192.88.99.255', '192.168.0.0'],
  ...['192.168.1.1', '192.168.255.255', '192.175.48.0', '192.175.48.255', '198.18.0.0'],
  ...['198.19.255.255', '198.51.100.0', '198.51.100.255', '203.0.113.0', '203.0.113.255'],
  ...['224.0.0.0', '224.0.0.251', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
];

/** One address at least of every IPv6 range that is not the public internet. */
export const SPECIAL_V6_SAMPLES: readonly string[] = [
  ...['::', '::1', '::2', '64:ff9b::808:808', '64:ff9b:1::1', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ...['100::', '100::1', '100:0:0:1::1', '2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ...['2001:2::1', '2001:10::1', '2001:20::1', '2001:1ff:ffff::1', '2001:db8::1'],
  ...['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2002::1', '2002:c0a8:101::1', '2620:4f:8000::1'],
  ...['3fff::1', '3fff:fff:ffff::1', '4000::1', '5f00::1', '8000::1', 'fc00::1', 'fd00:ec2::254'],
  ...['fdff:ffff::1', 'fe80::1', 'febf::1', 'fec0::1', 'feff::1', 'ff00::1', 'ff02::1', 'ffff::1'],
  ...['::ffff:8.8.8.8', '::ffff:0:8.8.8.8', '::8.8.8.8'],
];

const pair = (high: number, low: number): string => (high * 256 + low).toString(16);

/** IPv6 addresses that carry an IPv4 one: compatible, mapped, translated, NAT64 (two prefixes), 6to4, Teredo. */
export function embeddings(v4: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
  const high = pair(a, b);
  const low = pair(c, d);
  const flipped = `${pair(a ^ 255, b ^ 255)}:${pair(c ^ 255, d ^ 255)}`;
  return [
    `::${v4}`,
    `::${high}:${low}`,
    `::ffff:${v4}`,
    `::ffff:${high}:${low}`,
    `0:0:0:0:0:FFFF:${high}:${low}`,
    `0000:0000:0000:0000:0000:ffff:${v4}`,
    `::ffff:0:${v4}`,
    `64:ff9b::${v4}`,
    `64:ff9b:1::${high}:${low}`,
    `2002:${high}:${low}::1`,
    `2001:0:4136:e378:8000:63bf:${flipped}`,
  ];
}

const fullWidth = (text: string): string =>
  text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

/** Every way to write an IPv4 address in the host of a URL that reaches it, IPv6 forms in brackets included. */
export function spellings(v4: string): string[] {
  const parts = v4.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const octal = (value: number): string => `0${value.toString(8)}`;
  return [
    v4,
    `${v4}.`,
    String(whole),
    `${whole}.`,
    hex(whole),
    hex(whole).toUpperCase().replace('0X', '0x'),
    `0x${whole.toString(16).padStart(16, '0')}`,
    octal(whole),
    parts.map(hex).join('.'),
    parts.map(octal).join('.'),
    parts.map((part) => `000${octal(part)}`).join('.'),
    [hex(a), octal(b), c, d].join('.'),
    `${a}.${b * 65536 + c * 256 + d}`,
    `${hex(a)}.${b * 65536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${octal(a)}.${b}.${hex(c * 256 + d)}`,
    fullWidth(v4),
    v4.replaceAll('.', '。'),
    v4.replaceAll('.', '．'),
    v4.replaceAll('.', '%2e'),
    v4.replace(/[0-9]/, (digit) => `%3${digit}`),
    v4.replace('.', '\u00ad.'),
    ...embeddings(v4).map((v6) => `[${v6}]`),
    ...embeddings(v4).map((v6) => `[${ipaddr.parse(v6).toNormalizedString()}]`),
  ];
}
