import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came in. */
export interface Asked {
  readonly method: string;
  /** Segments between the slashes. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly type?: 'json' | 'html' | 'text';
  readonly body: string;
}

const TYPES = { json: 'application/json', html: 'text/html', text: 'text/plain' } as const;

export const json = (status: number, value: unknown): Reply => ({
  status,
  body: JSON.stringify(value),
});

/** A real HTTP server on loopback that plays a partner, and the ways in which it may fail. */
export abstract class PartnerServer {
  /** Every request that was read to its end, as text: proof that something was never told. */
  readonly heard: string[] = [];
  /** Answers 503 to everything and does nothing. */
  busy = false;
  /** Does what is asked, then cuts the line instead of answering: how often. */
  cuts = 0;
  private server: http.Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the partner does with a request. */
  protected abstract answer(asked: Asked): Reply;

  /** Listens: at first on any free port, later on the same one again. */
  async open(): Promise<void> {
    const server = http.createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Cuts every connection and stops listening. */
  async close(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '/', headers } = request;
      this.heard.push(`${method} ${url} ${body}`);
      if (this.busy) {
        response.writeHead(503, { 'content-type': TYPES.html }).end('<h1>Service Unavailable</h1>');
        return;
      }
      const { pathname, searchParams } = new URL(url, 'http://partner');
      const path = pathname.split('/').filter((segment) => segment !== '');
      const reply = this.answer({ method, path, query: searchParams, headers, body });
      if (this.cuts > 0) {
        this.cuts -= 1;
        request.socket.destroy();
        return;
      }
      response.writeHead(reply.status, { 'content-type': TYPES[reply.type ?? 'json'] });
      response.end(reply.body);
    } catch {
      request.socket.destroy();
    }
  }
}
