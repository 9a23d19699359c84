/** One server, by the URL that ioredis reads. */
interface SingleServer {
  readonly kind: 'single';
  readonly url: string;
}

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

interface Common {
  readonly nodes: readonly RedisNode[];
  readonly tls: boolean;
  /** Of the Redis servers. */
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Sentinels that know which server is the master called `name`. */
interface Sentinels extends Common {
  readonly kind: 'sentinel';
  readonly name: string;
  readonly db: number;
  /** Of the Sentinels themselves. */
  readonly sentinelPassword: string | undefined;
}

/** Some nodes of a Redis Cluster; the others are learnt from them. */
interface ClusterNodes extends Common {
  readonly kind: 'cluster';
}

export type RedisAddress = SingleServer | Sentinels | ClusterNodes;

const PORTS = { sentinel: 26_379, cluster: 6379 } as const;
const FORM =
  /^redis(s?)\+(sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

const EXAMPLES = {
  sentinel: 'redis+sentinel://:password@s1.internal,s2.internal,s3.internal/mymaster',
  cluster: 'redis+cluster://:password@c1.internal:6379,c2.internal:6379',
} as const;

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RangeError('must hold user name and password percent-encoded');
  }
}

/** `host`, `host:port` or `[v6]:port`. */
function nodeOf(text: string, usualPort: number): RedisNode {
  const [, v6, name, digits] =
    /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = digits === undefined ? usualPort : Number(digits);
  if (host === undefined || port < 1 || port > 65_535)
    throw new RangeError('must list hosts as host:port, separated by commas');
  return { host, port };
}

function sentinels(common: Common, place: string, query: URLSearchParams): Sentinels {
  const [, name, db = '0'] = /^([\w.-]+)(?:\/(\d{1,5}))?$/.exec(place) ?? [];
  if (name === undefined) throw new RangeError(`must name the master, e.g. ${EXAMPLES.sentinel}`);
  const unknown = [...query.keys()].find((key) => key !== 'sentinelPassword');
  if (unknown !== undefined)
    throw new RangeError('may have no other parameter than sentinelPassword');
  const sentinelPassword = query.get('sentinelPassword') ?? undefined;
  return { ...common, kind: 'sentinel', name, db: Number(db), sentinelPassword };
}

/**
 * Reads `REDIS_URL`: `redis://`, `rediss://` for one server; `redis+sentinel://…/<master>[/<db>]` and `redis+cluster://…` with a
 * list of hosts, `rediss+…` over TLS. Throws RangeError with a rule that holds no part of the URL.
 */
export function redisAddress(url: string): RedisAddress {
  if (/^rediss?:\/\/[^\s/]+/.test(url)) return { kind: 'single', url };
  const [, secure, form, user, hosts = '', place = '', query = ''] = FORM.exec(url) ?? [];
  if (form === undefined)
    throw new RangeError(
      'must start with redis://, rediss://, redis+sentinel:// or redis+cluster:// and name a host',
    );
  const kind = form === 'sentinel' ? 'sentinel' : 'cluster';
  const [username, ...rest] = (user ?? '').split(':');
  const common: Common = {
    nodes: hosts.split(',').map((one) => nodeOf(one, PORTS[kind])),
    tls: secure === 's',
    username: decoded(username),
    password: decoded(rest.join(':')),
  };
  if (kind === 'sentinel') return sentinels(common, place, new URLSearchParams(query));
  if (place !== '' || query !== '')
    throw new RangeError(
      `must end behind the hosts: a cluster has one database, e.g. ${EXAMPLES.cluster}`,
    );
  return { ...common, kind };
}

/** The rules that a `REDIS_URL` breaks. */
export function redisUrlFaults(value: unknown): readonly string[] {
  try {
    redisAddress(String(value));
    return [];
  } catch (error) {
    if (error instanceof RangeError) return [error.message];
    throw error;
  }
}

/** Keys of one queue must lie in one slot of a cluster; the braces say so. Elsewhere the prefix is `waybill`. */
export const queuePrefix = (url: string, queue: string): string =>
  redisAddress(url).kind === 'cluster' ? `{waybill-${queue}}` : 'waybill';
