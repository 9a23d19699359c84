import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { GuardedConnector } from './guarded-connector.js';
import type { HttpLimits } from './http-port.js';
import { OutboundError } from './outbound-error.js';

/**
 * Limits and fate of one axios request. axios' own `timeout` starts late and tells nothing about
 * what was sent, so the flight makes the node request itself (axios' `transport`) and watches its socket.
 */
export class Flight {
  /** The request was handed to a connected socket. */
  started = false;
  /** Why we ended it ourselves. */
  reason: OutboundError | undefined;
  #request: http.ClientRequest | undefined;
  readonly #total: NodeJS.Timeout;
  #headers: NodeJS.Timeout | undefined;
  readonly #cancel = new AbortController();

  constructor(
    private readonly limits: Pick<HttpLimits, 'headersMs' | 'totalMs'>,
    private readonly connector: Pick<GuardedConnector, 'made'>,
    private readonly outer: AbortSignal | undefined,
  ) {
    this.#total = setTimeout(() => this.#expire('whole answer', limits.totalMs), limits.totalMs);
    outer?.addEventListener('abort', this);
    if (outer?.aborted) this.handleEvent();
  }

  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** What axios takes in place of node:http and node:https. */
  readonly transport = {
    request: (options: http.RequestOptions, done: (res: http.IncomingMessage) => void) => {
      const secure = options.protocol === 'https:';
      // Read from the module object at call time: nock replaces its members.
      const request = (secure ? https : http).request(options, (res) => {
        clearTimeout(this.#headers);
        done(res);
      });
      this.#request = request;
      request.once('socket', (socket) => this.#watch(socket, secure));
      return request;
    },
  };

  /** AbortSignal's listener. */
  handleEvent(): void {
    this.#end(new OutboundError('WB_HTTP_ABORTED', 'aborted by the caller'));
  }

  /** Must be called once the answer is read or given up. */
  finish(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#headers);
    this.outer?.removeEventListener('abort', this);
  }

  #watch(socket: Socket, secure: boolean): void {
    const start = (): void => {
      this.started = true;
      const { headersMs } = this.limits;
      this.#headers = setTimeout(() => this.#expire('answer', headersMs), headersMs);
    };
    // When in doubt (a socket that is not ours, as nock's), the request counts as sent.
    const unsent = this.connector.made(socket) && socket.connecting;
    if (unsent) socket.once(secure ? 'secureConnect' : 'connect', start);
    else start();
  }

  #expire(what: string, ms: number): void {
    this.#end(new OutboundError('WB_HTTP_TIMEOUT', `no ${what} within ${ms} ms`));
  }

  #end(reason: OutboundError): void {
    this.reason ??= reason;
    this.#cancel.abort(reason);
    this.#request?.destroy(reason);
  }
}
