import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Pool, type Dispatcher } from 'undici';

const POLL_MS = 1000;
const PROBE_MS = 900;
/** So many failed probes in a row take a backend out, as in HAProxy and Kubernetes unless told otherwise. */
const FALL = 3;

/** What the balancer met. */
export interface Traffic {
  forwarded: number;
  /** Nothing listened there; the request, of which no byte was sent, went to another backend. */
  refused: number;
  /** Connections that were cut while a request was on its way, so that nobody knows. Never sent again. */
  broken: number;
  /** Requests that found no backend ready. */
  nowhere: number;
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

class Backend {
  ready = false;
  private failed = 0;
  private readonly pool: Pool;
  private resets = 0;
  private resetsMet = 0;

  constructor(readonly url: string) {
    this.pool = new Pool(url, { connections: 64, pipelining: 1, keepAliveTimeout: 60_000 });
    this.pool.on('disconnect', (_origin, _targets, error) => {
      if (codeOf(error) === 'ECONNRESET') this.resets += 1;
    });
  }

  /** Kept connections that were reset while no request was on them: a client without a spare would have met these. */
  get idleResets(): number {
    return this.resets - this.resetsMet;
  }

  /** Asks once whether this backend wants requests; one answer that it does is enough. */
  async probe(): Promise<void> {
    const status = await fetch(`${this.url}/readyz`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(PROBE_MS),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => undefined,
    );
    this.failed = status === 200 ? 0 : this.failed + 1;
    if (status === 200) this.ready = true;
    else if (this.failed >= FALL) this.ready = false;
  }

  async send(request: http.IncomingMessage, body: Buffer): Promise<Outcome> {
    const headers = withoutHops(request.headers);
    const { url: path = '/', method = 'GET' } = request;
    try {
      const answer = await this.pool.request({
        ...{ path, headers, body },
        method: method as Dispatcher.HttpMethod,
      });
      const text = Buffer.from(await answer.body.arrayBuffer());
      const { statusCode: status } = answer;
      return { kind: 'answer', status, headers: withoutHops(answer.headers), body: text };
    } catch (error) {
      if (codeOf(error) === 'ECONNREFUSED') return { kind: 'refused' };
      if (codeOf(error) === 'ECONNRESET') this.resetsMet += 1;
      return { kind: 'broken' };
    }
  }

  destroy(): Promise<void> {
    return this.pool.destroy();
  }
}

/** Headers of one connection only; lengths are set anew. */
const HOPS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);
const withoutHops = (headers: http.IncomingHttpHeaders): http.IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOPS.has(name)));

/** What came of one try to hand a request on. */
type Outcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: http.IncomingHttpHeaders;
      readonly body: Buffer;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'broken' };

/**
 * A round robin over the backends that say they are ready, asked every second, over kept connections. As load balancers
 * do by default, it tries another backend only when it could not connect; a request that was sent is never sent again.
 */
export class Balancer {
  readonly traffic: Traffic = { forwarded: 0, refused: 0, broken: 0, nowhere: 0 };
  private readonly backends: readonly Backend[];
  private readonly server: http.Server;
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  private constructor(urls: readonly string[]) {
    this.backends = urls.map((url) => new Backend(url));
    this.server = http.createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      void this.serve(request, response);
    });
    this.timer = setInterval(() => void this.look(), POLL_MS);
  }

  /** In front of the base URLs given; resolves when each was asked once. */
  static async open(urls: readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(urls);
    await balancer.look();
    await new Promise<void>((resolve) => balancer.server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Kept connections to all backends that were reset while no request was on them. */
  get idleResets(): number {
    return this.backends.reduce((sum, backend) => sum + backend.idleResets, 0);
  }

  /** Whether this backend gets requests at present, as far as the balancer knows. */
  isReady(i: number): boolean {
    return this.backends[i]?.ready === true;
  }

  private async look(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.probe()));
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    const outcome = await this.handOn(request, body);
    if (outcome?.kind === 'answer') {
      response.writeHead(outcome.status, outcome.headers);
      response.end(outcome.body);
      return;
    }
    response.writeHead(outcome === undefined ? 503 : 502);
    response.end();
  }

  private async handOn(request: http.IncomingMessage, body: Buffer): Promise<Outcome | undefined> {
    const tried = new Set<Backend>();
    for (let backend = this.next(tried); backend; backend = this.next(tried)) {
      tried.add(backend);
      const outcome = await backend.send(request, body);
      if (outcome.kind === 'answer') this.traffic.forwarded += 1;
      if (outcome.kind === 'broken') this.traffic.broken += 1;
      if (outcome.kind !== 'refused') return outcome;
      this.traffic.refused += 1;
    }
    this.traffic.nowhere += 1;
    return undefined;
  }

  private next(tried: ReadonlySet<Backend>): Backend | undefined {
    const ready = this.backends.filter((one) => one.ready && !tried.has(one));
    this.turn += 1;
    return ready[this.turn % Math.max(1, ready.length)];
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    await Promise.all(this.backends.map((backend) => backend.destroy()));
  }
}
