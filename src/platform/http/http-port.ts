/** A request to a partner or network. A plugin's `HttpRequest` of the contract fits as it is. */
export interface HttpRequest {
  /** Upper case: GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS. */
  readonly method: string;
  /** Absolute; sent as the WHATWG URL parser writes it, without its fragment. */
  readonly url: string;
  /** One value per name. Host, Content-Length and hop-by-hop names are refused: the transport owns them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as UTF-8, bytes as they are. No Content-Type is added. */
  readonly body?: string | Uint8Array;
}

/** Every way an exchange can fail. The code says what happened; `HttpFailure.sent` says whether the partner may have acted. */
export type HttpFailureCode =
  /** Our own limit passed: waiting for a socket, for the head of the answer, or for its end. */
  | 'WB_HTTP_TIMEOUT'
  /** The name does not resolve, or not within `dnsMs`. */
  | 'WB_HTTP_DNS'
  /** No TCP connection: refused, unreachable, or not within `connectMs`. */
  | 'WB_HTTP_CONNECT'
  /** The partner closed the connection before the whole answer was there. */
  | 'WB_HTTP_RESET'
  /** Handshake or certificate. */
  | 'WB_HTTP_TLS'
  /** The outbound guard refuses this destination. */
  | 'WB_HTTP_BLOCKED'
  /** The request itself is malformed; sending it again cannot help. */
  | 'WB_HTTP_INVALID_REQUEST'
  /** The answer is not HTTP/1.1. */
  | 'WB_HTTP_PROTOCOL'
  /** The caller's signal. */
  | 'WB_HTTP_ABORTED'
  /** The transport was closed before. */
  | 'WB_HTTP_CLOSED';

/** The partner answered; any status, redirects included (never followed). */
export interface HttpReply {
  readonly kind: 'response';
  readonly status: number;
  /** Lower-case names; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most `bodyBytes` bytes read as UTF-8. Never decompressed: see `content-encoding`. */
  readonly body: string;
  /** The answer was longer than `bodyBytes`; the rest was not read. */
  readonly truncated: boolean;
  /** Milliseconds from `send` to the end of the answer. */
  readonly ms: number;
}

/** No answer, or only a part of one. */
export interface HttpFailure {
  readonly kind: 'failure';
  readonly code: HttpFailureCode;
  /** For logs: holds host names, never a URL, header or body. */
  readonly message: string;
  /** True: bytes of the request may have reached the partner, its fate is unknown. False: certainly not. */
  readonly sent: boolean;
  readonly ms: number;
}

export type HttpAnswer = HttpReply | HttpFailure;

/** Limits of one exchange. */
export interface HttpLimits {
  /** Name resolution, milliseconds. */
  readonly dnsMs: number;
  /** TCP and TLS together, after name resolution, milliseconds. */
  readonly connectMs: number;
  /** From the request to the head of the answer, milliseconds. */
  readonly headersMs: number;
  /** From `send` to the last byte, waiting for a socket included, milliseconds. */
  readonly totalMs: number;
  /** Of the answer's body that are read and kept. */
  readonly bodyBytes: number;
}

/** Source: the project's own limits; the total stays below the shortest delivery lease (30 s). */
export const DEFAULT_LIMITS: HttpLimits = Object.freeze({
  dnsMs: 2_000,
  connectMs: 3_000,
  headersMs: 10_000,
  totalMs: 20_000,
  bodyBytes: 65_536,
});

/** Per-request deviations from the transport's limits. */
export interface SendOptions {
  readonly totalMs?: number;
  readonly bodyBytes?: number;
  /** Ends the exchange with WB_HTTP_ABORTED. */
  readonly signal?: AbortSignal;
}

/** The only way out of the process over HTTP. Both transports keep it; the outbound guard sits below both. */
export interface HttpPort {
  /** Never rejects: whatever goes wrong is an `HttpFailure`. */
  send(request: HttpRequest, options?: SendOptions): Promise<HttpAnswer>;
  /** Takes no more requests, waits for those under way, then closes the sockets. */
  close(): Promise<void>;
}

/** Told to partners unless the request brings its own. */
export const DEFAULT_USER_AGENT = 'Waybill';
