import { type BlockList, isIP } from 'node:net';
import { type HttpFailureCode } from './http-port.js';
import { OutboundError } from './outbound-error.js';
import { type Resolve, type ResolvedAddress, resolveWithin, systemResolve } from './resolve.js';
import { holds, isPublicAddress, rangesOf } from './special-ranges.js';

export interface OutboundGuardOptions {
  /** CIDRs of WAYBILL_ALLOW_PRIVATE_TARGETS. Such addresses are also exempt from the port list and from https-only. */
  readonly allowPrivate: readonly string[];
  /** Ports allowed besides 80, 443 and 8443. */
  readonly ports?: readonly number[];
  /** Lets http:// go to public addresses. Default false. */
  readonly allowInsecureHttp?: boolean;
  /** Names refused besides the built-in ones: each with everything below it, e.g. `corp.example`. */
  readonly denySuffixes?: readonly string[];
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
  /** Addresses to connect to instead of where a name leads, by `name:port`; each passes the same rules. */
  readonly connectTo?: ReadonlyMap<string, { readonly address: string; readonly port: number }>;
}

export interface Refusal {
  readonly ok: false;
  readonly code: HttpFailureCode;
  readonly message: string;
}

/** Where a socket would go. */
export interface Endpoint {
  readonly protocol: string;
  /** Brackets of an IPv6 literal and a trailing dot may be there. */
  readonly hostname: string;
  readonly port: number;
}

/** `onlyAllowed`: why nothing but the allowed private ranges will do for this endpoint; null when any public address will. */
export interface Admission {
  readonly ok: true;
  readonly onlyAllowed: string | null;
}

const DEFAULT_PORTS: readonly number[] = [80, 443, 8443];
const DENY_SUFFIXES: readonly string[] = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'lan',
  'home.arpa',
];
/** C0 controls, space, DEL: the URL parser would strip or encode some of them in silence. */
// oxlint-disable-next-line no-control-regex
const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f]/;

/** Host without the brackets of an IPv6 literal and without the root dot. */
export const bareHost = (hostname: string): string =>
  hostname.startsWith('[') ? hostname.slice(1, -1) : hostname.replace(/\.$/, '');

const refuse = (message: string, code: HttpFailureCode = 'WB_HTTP_BLOCKED'): Refusal => ({
  ok: false,
  code,
  message,
});

/**
 * Decides where the process may connect. Three moments: `checkUrl` when a setting is saved and before
 * every request, `admit` when a socket is opened (literals included: Node resolves no literal, so a
 * guard that lives in `lookup` alone misses them), `addressesOf` when a name is resolved.
 */
export class OutboundGuard {
  readonly #allowed: BlockList;
  readonly #allowsAny: boolean;
  readonly #ports: ReadonlySet<number>;
  readonly #insecure: boolean;
  readonly #denied: readonly string[];
  readonly #resolve: Resolve;
  readonly #connectTo: NonNullable<OutboundGuardOptions['connectTo']>;

  /** Throws RangeError when a CIDR or port is malformed. */
  constructor(options: OutboundGuardOptions) {
    this.#allowed = rangesOf(options.allowPrivate);
    this.#allowsAny = options.allowPrivate.length > 0;
    this.#ports = new Set([...DEFAULT_PORTS, ...(options.ports ?? [])]);
    for (const port of this.#ports) {
      if (!Number.isInteger(port) || port < 1 || port > 65535) throw new RangeError(`port ${port}`);
    }
    this.#insecure = options.allowInsecureHttp ?? false;
    this.#denied = [...DENY_SUFFIXES, ...(options.denySuffixes ?? [])].map((suffix) =>
      suffix.toLowerCase().replace(/^\.|\.$/g, ''),
    );
    this.#resolve = options.resolve ?? systemResolve;
    this.#connectTo = options.connectTo ?? new Map();
  }

  /** Where a socket for this endpoint is opened: there, unless the operator leads its name elsewhere. */
  placeOf(endpoint: Endpoint): Endpoint {
    const name = bareHost(endpoint.hostname).toLowerCase();
    const detour = this.#connectTo.get(`${name}:${endpoint.port}`);
    return detour
      ? { protocol: endpoint.protocol, hostname: detour.address, port: detour.port }
      : endpoint;
  }

  /** Everything that can be said without resolving names. Messages name the host, never the whole URL. */
  checkUrl(url: string): { readonly ok: true } | Refusal {
    const checked = this.parse(url);
    return checked.ok ? { ok: true } : checked;
  }

  /** `checkUrl` for callers that need the parsed URL. */
  parse(url: string): { readonly ok: true; readonly url: URL } | Refusal {
    if (CONTROL_OR_SPACE.test(url)) {
      return refuse('the URL holds a space or control character', 'WB_HTTP_INVALID_REQUEST');
    }
    const parsed = URL.parse(url);
    if (parsed === null) return refuse('not an absolute URL', 'WB_HTTP_INVALID_REQUEST');
    if (parsed.username !== '' || parsed.password !== '') {
      return refuse(`${parsed.hostname}: no user name or password in a URL`);
    }
    const admission = this.admit(endpointOf(parsed));
    return admission.ok ? { ok: true, url: parsed } : admission;
  }

  /** The rules for scheme, port, name and literal. */
  admit(endpoint: Endpoint): Admission | Refusal {
    const { protocol } = endpoint;
    if (protocol !== 'https:' && protocol !== 'http:') {
      return refuse(`${protocol} is not allowed: use https:`);
    }
    const host = bareHost(endpoint.hostname).toLowerCase();
    const isLiteral = isIP(host) !== 0;
    if (isLiteral && holds(this.#allowed, host)) return { ok: true, onlyAllowed: null };
    if (isLiteral && !isPublicAddress(host)) {
      return refuse(`${host} is not a public address; WAYBILL_ALLOW_PRIVATE_TARGETS can allow it`);
    }
    const onlyAllowed = this.#needsAllowance(endpoint, host, isLiteral);
    if (onlyAllowed === null || (!isLiteral && this.#allowsAny)) return { ok: true, onlyAllowed };
    return refuse(`${host}: ${onlyAllowed}`);
  }

  /**
   * All addresses of a name, every one of them checked: one bad record refuses the name.
   * Rejects with OutboundError WB_HTTP_DNS or WB_HTTP_BLOCKED.
   */
  async addressesOf(
    hostname: string,
    onlyAllowed: string | null,
    limitMs: number,
  ): Promise<readonly ResolvedAddress[]> {
    const records = await resolveWithin(this.#resolve, hostname, limitMs);
    for (const { address } of records) {
      if (holds(this.#allowed, address.replace(/%.*$/, ''))) continue;
      const why = isPublicAddress(address)
        ? onlyAllowed
        : 'resolves to an address that is not public';
      if (why !== null) throw new OutboundError('WB_HTTP_BLOCKED', `${hostname}: ${why}`);
    }
    return records;
  }

  #needsAllowance({ protocol, port }: Endpoint, host: string, isLiteral: boolean): string | null {
    if (protocol === 'http:' && !this.#insecure) return 'http: is not allowed, use https:';
    if (!this.#ports.has(port)) return `port ${port} is not allowed`;
    if (isLiteral) return null;
    const denied =
      !host.includes('.') ||
      host.startsWith('metadata.') ||
      this.#denied.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
    return denied ? 'this name belongs to a private network' : null;
  }
}

/** Scheme, host and port (the scheme's own when none is written) of a URL. */
export function endpointOf(url: URL): Endpoint {
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  return { protocol: url.protocol, hostname: url.hostname, port };
}
