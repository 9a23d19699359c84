import { isIP } from 'node:net';

/** An address to connect to instead of the one that a name has. The name stays in TLS and in the request. */
export interface Detour {
  readonly address: string;
  readonly port: number;
}

/** By `name:port` in lower case. */
export type Detours = ReadonlyMap<string, Detour>;

const ENTRY = /^([a-z0-9-]+(?:\.[a-z0-9-]+)+:\d{1,5})=(?:\[([\da-f:.]+)\]|([\d.]+)):(\d{1,5})$/;

function parseDetour(entry: string): readonly [string, Detour] | undefined {
  const [, from = '', six, four, port] = ENTRY.exec(entry.toLowerCase()) ?? [];
  const address = six ?? four ?? '';
  const known = isIP(address) === (six === undefined ? 4 : 6);
  return known && Number(port) <= 65_535 ? [from, { address, port: Number(port) }] : undefined;
}

const entriesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** Reads `api.partner.example:443=127.0.0.1:8443,…`. An entry that is none is left out; ask `detourFaults` first. */
export const readDetours = (text: string): Detours =>
  new Map(
    entriesOf(text).flatMap((entry) => {
      const detour = parseDetour(entry);
      return detour === undefined ? [] : [detour];
    }),
  );

/** One sentence per entry that is no detour. */
export const detourFaults = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? entriesOf(value)
        .filter((entry) => parseDetour(entry) === undefined)
        .map((entry) => `"${entry.slice(0, 80)}" is not name:port=address:port`)
    : ['must be a comma-separated list of name:port=address:port'];
