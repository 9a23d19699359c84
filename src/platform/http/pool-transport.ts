import { Pool } from 'undici';
import { Exchange } from './exchange.js';
import { GuardedConnector, type TlsSettings } from './guarded-connector.js';
import {
  DEFAULT_LIMITS,
  type HttpAnswer,
  type HttpLimits,
  type HttpPort,
  type HttpRequest,
  type SendOptions,
} from './http-port.js';
import { failureOf, OutboundError } from './outbound-error.js';
import type { OutboundGuard } from './outbound-guard.js';
import { headerList } from './request-check.js';

export interface PoolOptions {
  /** Most sockets to one origin. Default 32. */
  readonly sockets?: number;
  readonly limits?: Partial<HttpLimits>;
  readonly tls?: TlsSettings;
}

const SOCKETS = 32;
/** Origins with a pool at a time; a target has one, rarely a few (its routes may carry different URLs). */
const ORIGINS = 32;

/**
 * Deliveries of one target: keep-alive connections per origin, one request at a time on each. More
 * requests than sockets wait inside, within their own total limit. nock does not see it (it opens its
 * own sockets): tests of exchanges use `axiosTransport`.
 */
export class TargetPool implements HttpPort {
  readonly #pools = new Map<string, Pool>();
  readonly #limits: HttpLimits;
  readonly #connector: GuardedConnector;
  #closed = false;

  constructor(
    private readonly guard: OutboundGuard,
    private readonly options: PoolOptions = {},
  ) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#connector = new GuardedConnector(guard, this.#limits, options.tls);
  }

  send(request: HttpRequest, options?: SendOptions): Promise<HttpAnswer> {
    try {
      return this.#dispatch(request, options);
    } catch (error) {
      return Promise.resolve(failureOf(error, false, 0));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  #dispatch(request: HttpRequest, options: SendOptions | undefined): Promise<HttpAnswer> {
    if (this.#closed) throw new OutboundError('WB_HTTP_CLOSED', 'the transport is closed');
    const headers = headerList(request);
    const checked = this.guard.parse(request.url);
    if (!checked.ok) throw new OutboundError(checked.code, checked.message);
    const { url } = checked;
    const pool = this.#pools.get(url.origin) ?? this.#open(url.origin);
    const dispatch = {
      path: url.pathname + url.search,
      method: request.method,
      headers,
      body: request.body ?? null,
    };
    return new Promise((resolve) => {
      const limits = this.#limits;
      const bodyBytes = options?.bodyBytes ?? limits.bodyBytes;
      const totalMs = options?.totalMs ?? limits.totalMs;
      pool.dispatch(dispatch, new Exchange(resolve, bodyBytes, totalMs, options?.signal));
    });
  }

  #open(origin: string): Pool {
    const pool = new Pool(origin, {
      connections: this.options.sockets ?? SOCKETS,
      pipelining: 1,
      allowH2: false,
      connect: this.#connector.connect,
      headersTimeout: this.#limits.headersMs,
      bodyTimeout: 0, // the exchange's own total limit is tighter and cheaper
    });
    for (const [oldest, idle] of this.#pools) {
      if (this.#pools.size < ORIGINS) break;
      this.#pools.delete(oldest);
      void idle.close();
    }
    this.#pools.set(origin, pool);
    return pool;
  }
}

/** The pooled transport of one target instance. */
export const poolTransport = (guard: OutboundGuard, options?: PoolOptions): TargetPool =>
  new TargetPool(guard, options);
