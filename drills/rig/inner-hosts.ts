import type { Random } from './random.js';

/** First, last and well-known addresses of ranges that are no part of the public internet. */
const INNER_V4 = [
  ...['0.0.0.0', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.100.100.200', '127.0.0.1'],
  ...['127.1.2.3', '127.255.255.255', '168.63.129.16', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.192', '192.168.0.1', '192.168.255.255', '198.18.0.1'],
  ...['203.0.113.7', '224.0.0.251', '240.0.0.1', '255.255.255.255'],
];
const INNER_V6 = [
  ...[
    '::',
    '::1',
    '64:ff9b:1::1',
    '100::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
  ],
  ...[
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::7f00:1',
    '::127.0.0.1',
  ],
];

/** Names whose answers are scripted in `watched-net`: one is public, the others lead inside sooner or later. */
export const HOSTILE_NAMES = [
  'public',
  'rebind',
  'rebind-2',
  'mixed',
  'mapped',
  'many',
  'six',
  'inner',
].map((name) => `${name}.drill.example`);

type Spell = (bytes: readonly number[]) => string;

const number = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): number =>
  ((a * 256 + b) * 256 + c) * 256 + d;
const hex = (value: number): string => `0x${value.toString(16)}`;
const octal = (value: number): string => `0${value.toString(8)}`;
const pair = (high = 0, low = 0): string => (high * 256 + low).toString(16);
const halves = ([a, b, c, d]: readonly number[]): string => `${pair(a, b)}:${pair(c, d)}`;
const plain: Spell = (bytes) => bytes.join('.');
const wide = (text: string): string =>
  text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

/** Ways to write an IPv4 address in the host of a URL, as the URL Standard's host parser reads them. */
const SPELLINGS: readonly Spell[] = [
  plain,
  (bytes) => `${plain(bytes)}.`,
  (bytes) => String(number(bytes)),
  (bytes) => hex(number(bytes)),
  (bytes) => hex(number(bytes)).toUpperCase().replace('0X', '0x'),
  (bytes) => `0x${number(bytes).toString(16).padStart(14, '0')}`,
  (bytes) => octal(number(bytes)),
  (bytes) => bytes.map(hex).join('.'),
  (bytes) => bytes.map(octal).join('.'),
  (bytes) => bytes.map((byte, i) => (i % 2 === 0 ? hex(byte) : octal(byte))).join('.'),
  ([a = 0, ...rest]) => `${a}.${number([0, ...rest])}`,
  ([a = 0, b = 0, c = 0, d = 0]) => `${octal(a)}.${b}.${c * 256 + d}`,
  (bytes) => wide(plain(bytes)),
  (bytes) => plain(bytes).replaceAll('.', '。'),
  (bytes) => plain(bytes).replaceAll('.', '%2e'),
  (bytes) => plain(bytes).replace(/[0-9]/, (digit) => `%3${digit}`),
  (bytes) => `[::ffff:${plain(bytes)}]`,
  (bytes) => `[::ffff:${halves(bytes)}]`,
  (bytes) => `[0:0:0:0:0:FFFF:${halves(bytes)}]`,
  (bytes) => `[::${halves(bytes)}]`,
  (bytes) => `[64:ff9b::${halves(bytes)}]`,
  (bytes) => `[2002:${halves(bytes)}::1]`,
];

/** A random address of a range, by its fixed first bytes. */
const RANGES: readonly (readonly number[])[] = [
  ...[[10], [127], [0], [192, 168], [169, 254], [172, 20], [100, 70], [198, 18], [230], [250]],
];

/** `count` different hosts that lead to addresses which are not public. The first are always the same. */
export function innerHosts(random: Random, count: number): readonly string[] {
  const hosts = new Set(INNER_V6.map((address) => `[${address}]`));
  const add = (bytes: readonly number[]): void => {
    for (const spell of SPELLINGS) hosts.add(spell(bytes));
  };
  for (const address of INNER_V4) add(address.split('.').map(Number));
  while (hosts.size < count) {
    const start = random.pick(RANGES);
    add([...start, ...Array.from({ length: 4 - start.length }, () => random.whole(256))]);
  }
  return [...hosts];
}
