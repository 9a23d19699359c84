import net from 'node:net';
import tls from 'node:tls';
import { callbackify } from 'node:util';
import type { buildConnector } from 'undici';
import type { HttpLimits } from './http-port.js';
import { OutboundError } from './outbound-error.js';
import { bareHost, type Endpoint, type OutboundGuard } from './outbound-guard.js';
import { canonicalAddress } from './special-ranges.js';

/** TLS settings that an operator may give; verification itself cannot be turned off. */
export interface TlsSettings {
  /** PEM certificates trusted instead of the system's. */
  readonly ca?: string | readonly string[];
}

/** TLS sessions kept for resumption, per connector. */
const SESSIONS = 256;
/** TCP keep-alive probe after this idle time, milliseconds. */
const PROBE_AFTER = 60_000;

/**
 * Opens sockets under the guard: literals are classified, names resolved once with every record checked,
 * and the socket may only connect to what was checked (Node races the checked addresses itself). TLS
 * keeps the name for SNI and certificate. After connecting, the peer must be one of the checked addresses.
 */
export class GuardedConnector {
  readonly #sessions = new Map<string, Buffer>();
  readonly #opened = new WeakSet<object>();

  constructor(
    readonly guard: OutboundGuard,
    readonly limits: Pick<HttpLimits, 'dnsMs' | 'connectMs'>,
    readonly tlsSettings: TlsSettings = {},
  ) {}

  /** True for a socket that `open` made: its `connecting` tells the truth. A test double's does not. */
  made(socket: object): boolean {
    return this.#opened.has(socket);
  }

  /** A connecting socket. Throws OutboundError WB_HTTP_BLOCKED; later faults arrive as its `error` event. */
  open(endpoint: Endpoint): net.Socket {
    const place = this.guard.placeOf(endpoint);
    const admission = this.guard.admit(place);
    if (!admission.ok) throw new OutboundError(admission.code, admission.message);
    const name = bareHost(endpoint.hostname);
    const host = bareHost(place.hostname);
    const checked = new Set<string>();
    let timer: NodeJS.Timeout | undefined;
    const admitted = (addresses: readonly string[]): void => {
      for (const address of addresses) checked.add(canonicalAddress(address));
      timer = setTimeout(() => socket.destroy(this.#tooSlow(host)), this.limits.connectMs);
    };
    const lookup = this.#lookup(admission.onlyAllowed, admitted);
    const options = { host, port: place.port, autoSelectFamily: true, lookup };
    const secure = endpoint.protocol === 'https:';
    const socket = secure ? this.#openTls(name, options) : net.connect(options);
    this.#opened.add(socket);
    if (net.isIP(host) !== 0) admitted([host]);
    socket.setNoDelay(true).setKeepAlive(true, PROBE_AFTER);
    socket.once('connect', () => {
      if (checked.has(canonicalAddress(socket.remoteAddress ?? ''))) return;
      socket.destroy(new OutboundError('WB_HTTP_BLOCKED', `${host}: connected elsewhere`));
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
    return socket;
  }

  /** The same for undici: calls back once the socket is ready for the first byte of a request. */
  readonly connect: buildConnector.connector = (options, callback) => {
    const secure = options.protocol === 'https:';
    const port = options.port === '' ? (secure ? 443 : 80) : Number(options.port);
    let open = true;
    const answer = (error: Error | null): void => {
      if (!open) return;
      open = false;
      if (error) callback(error, null);
      else callback(null, socket);
    };
    const socket = this.open({ protocol: options.protocol, hostname: options.hostname, port });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      if (!socket.destroyed) answer(null);
    });
    socket.on('error', answer);
    socket.once('close', () => answer(new OutboundError('WB_HTTP_CONNECT', 'closed')));
  };

  #tooSlow(host: string): OutboundError {
    const message = `${host}: no connection within ${this.limits.connectMs} ms`;
    return new OutboundError('WB_HTTP_CONNECT', message);
  }

  #lookup(onlyAllowed: string | null, admitted: (addresses: string[]) => void): net.LookupFunction {
    const resolve = callbackify((hostname: string) =>
      this.guard.addressesOf(hostname, onlyAllowed, this.limits.dnsMs),
    );
    return (hostname, options, callback) =>
      resolve(hostname, (error, records) => {
        if (error) return callback(error, []);
        admitted(records.map(({ address }) => address));
        if (options.all) return callback(null, [...records]);
        return callback(null, records[0]?.address ?? '', records[0]?.family);
      });
  }

  #openTls(name: string, options: net.TcpNetConnectOpts): tls.TLSSocket {
    const key = `${name}:${options.port}`;
    const session = this.#sessions.get(key);
    const { ca } = this.tlsSettings;
    const socket = tls.connect({
      ...options,
      ALPNProtocols: ['http/1.1'],
      ...(net.isIP(name) === 0 && { servername: name }),
      ...(session && { session }),
      ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
    });
    return socket.on('session', (fresh: Buffer) => {
      this.#sessions.delete(key);
      this.#sessions.set(key, fresh);
      for (const oldest of this.#sessions.keys()) {
        if (this.#sessions.size <= SESSIONS) break;
        this.#sessions.delete(oldest);
      }
    });
  }
}
