import { lookup } from 'node:dns/promises';
import { errorCode, OutboundError } from './outbound-error.js';
import { within } from '../clock/within.js';

/** One record of a name. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a host name. May reject: the caller turns that into WB_HTTP_DNS. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** Look-ups under way. getaddrinfo blocks a thread of a pool of four: one dead name server must not take more than one per name. */
const underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();

/** The system's resolver (hosts file, search domains, nsswitch), all records in its order. */
export const systemResolve: Resolve = (hostname) => {
  const running = underWay.get(hostname);
  if (running) return running;
  const started = lookup(hostname, { all: true })
    .then((records) => records as readonly ResolvedAddress[])
    .finally(() => underWay.delete(hostname));
  underWay.set(hostname, started);
  return started;
};

/** `resolve` with a limit in milliseconds. Rejects with OutboundError WB_HTTP_DNS: failed, empty or too slow. */
export async function resolveWithin(
  resolve: Resolve,
  hostname: string,
  limitMs: number,
): Promise<readonly ResolvedAddress[]> {
  const fail = (why: string, cause?: unknown): OutboundError =>
    new OutboundError('WB_HTTP_DNS', `${hostname}: ${why}`, { cause });
  const found = resolve(hostname).catch((error: unknown) => {
    throw fail(errorCode(error) || 'name resolution failed', error);
  });
  const records = await within(limitMs, found, () => {
    throw fail(`no address within ${limitMs} ms`);
  });
  if (records.length === 0) throw fail('no address');
  return records;
}
