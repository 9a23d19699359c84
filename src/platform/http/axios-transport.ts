import type { AxiosInstance, AxiosResponse } from 'axios';
import type { Readable } from 'node:stream';
import { Flight } from './flight.js';
import { guardedAgents } from './guarded-agents.js';
import { GuardedConnector, type TlsSettings } from './guarded-connector.js';
import {
  DEFAULT_LIMITS,
  type HttpAnswer,
  type HttpLimits,
  type HttpPort,
  type HttpRequest,
  type SendOptions,
} from './http-port.js';
import { failureOf, OutboundError, since } from './outbound-error.js';
import type { OutboundGuard } from './outbound-guard.js';
import { headerList } from './request-check.js';

export interface AxiosOptions {
  readonly limits?: Partial<HttpLimits>;
  readonly tls?: TlsSettings;
}

/** Headers that axios would add by itself; `false` keeps it from doing so. */
const UNWANTED = ['accept', 'accept-encoding', 'content-type', 'user-agent'];

function axiosHeaders(list: readonly string[]): Record<string, string | false> {
  const headers: Record<string, string | false> = {};
  const given = new Set<string>();
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i] ?? '';
    headers[name] = list[i + 1] ?? '';
    given.add(name.toLowerCase());
  }
  for (const name of UNWANTED) if (!given.has(name)) headers[name] = false;
  return headers;
}

/** Reads at most `limit` bytes; leaving the loop early destroys the stream and its socket. */
async function readCapped(stream: Readable, limit: number): Promise<[body: string, cut: boolean]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, limit - size));
    size += chunk.length;
    if (size > limit) break;
  }
  return [Buffer.concat(chunks).toString('utf8'), size > limit];
}

function flatHeaders(response: AxiosResponse): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return headers;
}

/**
 * Look-ups, enrichment, back-fill and every exchange that nock tests. axios costs more than a third of
 * the throughput of the pooled transport: deliveries do not use it.
 */
class AxiosTransport implements HttpPort {
  readonly #limits: HttpLimits;
  readonly #connector: GuardedConnector;
  readonly #agents: ReturnType<typeof guardedAgents>;
  #client: Promise<AxiosInstance> | undefined;
  readonly #running = new Set<Promise<HttpAnswer>>();
  #closed = false;

  constructor(
    private readonly guard: OutboundGuard,
    options: AxiosOptions,
  ) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#connector = new GuardedConnector(guard, this.#limits, options.tls);
    this.#agents = guardedAgents(this.#connector);
  }

  send(request: HttpRequest, options: SendOptions = {}): Promise<HttpAnswer> {
    const running = this.#send(request, options).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#running);
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
  }

  async #send(request: HttpRequest, options: SendOptions): Promise<HttpAnswer> {
    const startedAt = performance.now();
    const limits = { ...this.#limits, totalMs: options.totalMs ?? this.#limits.totalMs };
    const flight = new Flight(limits, this.#connector, options.signal);
    try {
      const response = await this.#request(request, flight);
      const limit = options.bodyBytes ?? this.#limits.bodyBytes;
      const [body, truncated] = await readCapped(response.data as Readable, limit);
      const headers = flatHeaders(response);
      const { status } = response;
      return { kind: 'response', status, headers, body, truncated, ms: since(startedAt) };
    } catch (error) {
      return failureOf(flight.reason ?? error, flight.started, since(startedAt));
    } finally {
      flight.finish();
    }
  }

  /** Many gateways never look anything up: axios is loaded (a tenth of a second, 2 MB) with the first request. */
  async #open(): Promise<AxiosInstance> {
    const { default: axios } = await import('axios');
    return axios.create({
      ...this.#agents,
      adapter: 'http',
      proxy: false,
      maxRedirects: 0,
      decompress: false,
      responseType: 'stream', // read by `readCapped`: an overlong answer is cut, not lost
      maxContentLength: -1,
      maxBodyLength: -1,
      validateStatus: () => true,
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
    });
  }

  async #request(request: HttpRequest, flight: Flight): Promise<AxiosResponse> {
    if (this.#closed) throw new OutboundError('WB_HTTP_CLOSED', 'the transport is closed');
    const headers = axiosHeaders(headerList(request));
    const checked = this.guard.parse(request.url);
    if (!checked.ok) throw new OutboundError(checked.code, checked.message);
    const { body } = request;
    const client = await (this.#client ??= this.#open());
    return client.request({
      url: checked.url.href,
      method: request.method,
      headers,
      ...(body !== undefined && { data: typeof body === 'string' ? body : Buffer.from(body) }),
      signal: flight.signal,
      transport: flight.transport,
    });
  }
}

/** The transport that nock sees. Its name resolution happens in the agents, so an intercepted request needs none. */
export const axiosTransport = (guard: OutboundGuard, options: AxiosOptions = {}): HttpPort =>
  new AxiosTransport(guard, options);
