import { subscribe } from 'node:diagnostics_channel';
import { openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { readJournal } from './journal.js';

/** A request to a partner, at the moment at which a gateway wrote it to its socket. */
export interface WireLine {
  readonly at: number;
  readonly partner: string;
}

const FILE = 'requests.ndjson';

/**
 * From now on notes each delivery of this process when it is written to its socket: a partner in the rig hears of it only
 * when the machine lets it run, and then of several at once.
 */
export function noteRequests(dir: string): void {
  const file = openSync(path.join(dir, FILE), 'a');
  subscribe('undici:client:sendHeaders', (message) => {
    const { request } = message as { readonly request: { readonly path: string } };
    const line: WireLine = { at: Date.now(), partner: request.path.split('/')[1] ?? '' };
    // At once, for this process will be killed.
    writeSync(file, `${JSON.stringify(line)}\n`);
  });
}

/** What the gateways with these data directories wrote. */
export const requestsIn = (dirs: readonly string[]): readonly WireLine[] =>
  dirs.flatMap((dir) => readJournal<WireLine>(path.join(dir, FILE)));

/** The most within any second. */
export function peakOf(lines: readonly { readonly at: number }[]): number {
  const times = lines.map(({ at }) => at).toSorted((a, b) => a - b);
  let [most, from] = [0, 0];
  for (const [to, at] of times.entries()) {
    while ((times[from] ?? at) <= at - 1000) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
