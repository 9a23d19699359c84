import ipaddr from 'ipaddr.js';

type Range = [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/**
 * Reads `10.0.0.0/8`, `::1/128` or a plain address. The short, octal and hexadecimal spellings of IPv4 that
 * `inet_aton` takes are refused: two programs that read them differently are a hole in any allow-list.
 */
function parseRange(text: string): Range | undefined {
  const [address = '', bits, more] = text.split('/');
  const known = address.includes(':')
    ? ipaddr.IPv6.isValid(address) && !address.includes('%')
    : ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!known || more !== undefined) return undefined;
  const parsed = ipaddr.parse(address);
  const width = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [parsed, width];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= width ? [parsed, Number(bits)] : undefined;
}

/** Address ranges from a comma-separated text. An entry that is none is left out; ask `cidrFaults` first. */
export class CidrList {
  readonly entries: readonly string[];
  readonly #ranges: readonly Range[];

  constructor(text: string) {
    const parsed = parts(text).map((entry) => [entry, parseRange(entry)] as const);
    this.entries = parsed.flatMap(([entry, range]) => (range ? [entry] : []));
    this.#ranges = parsed.flatMap(([, range]) => (range ? [range] : []));
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** True for an IP address literal inside one of the ranges. `::ffff:10.0.0.1` counts as `10.0.0.1`. */
  contains(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const found = ipaddr.process(address);
    return this.#ranges.some(([range, bits]) => {
      if (found.kind() !== range.kind()) return false;
      return found.match(range as ipaddr.IPv4 & ipaddr.IPv6, bits);
    });
  }
}

const parts = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** One sentence per entry that is no address range. */
export const cidrFaults = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? parts(value)
        .filter((entry) => parseRange(entry) === undefined)
        .map((entry) => `"${entry.slice(0, 60)}" is no address range (CIDR)`)
    : ['must be a comma-separated list of address ranges (CIDR)'];

/** The same, and no range may hold every address: whoever trusts all proxies believes any forged client address. */
export const proxyFaults = (value: unknown): readonly string[] => [
  ...cidrFaults(value),
  ...(typeof value === 'string' && parts(value).some((entry) => entry.endsWith('/0'))
    ? ['must not trust every address: name the network of the load balancer']
    : []),
];

/** Entries of a comma-separated text, blanks left out. */
export const commaList = parts;
