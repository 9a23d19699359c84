import type { Dispatcher } from 'undici';
import type { HttpAnswer } from './http-port.js';
import { failureOf, OutboundError, since } from './outbound-error.js';

type RawHeaders = Record<string, string | string[] | undefined>;

/** Repeated headers joined in place: undici makes a fresh object for every answer. */
function flatten(headers: RawHeaders): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') headers[name] = value === undefined ? '' : value.join(', ');
  }
  return headers as Record<string, string>;
}

const expire = (exchange: Exchange): void => exchange.expire();

/**
 * One request and its answer as undici's dispatch handler. `onRequestStart` comes right before the first
 * byte is written and never when connecting failed, so it alone decides `sent`. Settles exactly once;
 * whatever undici reports afterwards is dropped.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #size = 0;

  constructor(
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly bodyBytes: number,
    private readonly totalMs: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#timer = setTimeout(expire, totalMs, this);
    signal?.addEventListener('abort', this);
    if (signal?.aborted) this.handleEvent();
  }

  /** AbortSignal's listener. */
  handleEvent(): void {
    this.#cancel(new OutboundError('WB_HTTP_ABORTED', 'aborted by the caller'));
  }

  /** The total limit has passed. */
  expire(): void {
    this.#cancel(new OutboundError('WB_HTTP_TIMEOUT', `no whole answer within ${this.totalMs} ms`));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Cancelled while it waited for a socket. Throwing drops the request and keeps the socket; abort would end both.
    if (this.#settled) throw new OutboundError('WB_HTTP_ABORTED', 'cancelled before it was sent');
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: RawHeaders,
  ): void {
    this.#status = status;
    this.#headers = flatten(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.bodyBytes - this.#size;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    if (this.#first === undefined) this.#first = kept;
    else (this.#more ??= [this.#first]).push(kept);
    this.#size += kept.length;
    if (kept === chunk) return;
    this.#answer(true);
    controller.abort(new OutboundError('WB_HTTP_ABORTED', 'answer longer than the limit'));
  }

  onResponseEnd(): void {
    this.#answer(false);
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(error);
  }

  #answer(truncated: boolean): void {
    const bytes = this.#more ? Buffer.concat(this.#more) : this.#first;
    this.#settle({
      kind: 'response',
      status: this.#status,
      headers: this.#headers,
      body: bytes === undefined ? '' : bytes.toString('utf8'),
      truncated,
      ms: since(this.#startedAt),
    });
  }

  #cancel(reason: OutboundError): void {
    this.#fail(reason);
    this.#controller?.abort(reason);
  }

  #fail(error: Error): void {
    this.#settle(failureOf(error, this.#controller !== undefined, since(this.#startedAt)));
  }

  #settle(answer: HttpAnswer): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.signal?.removeEventListener('abort', this);
    this.resolve(answer);
  }
}
