import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** What the partner does with a request: an answer, or one of the ways in which partners fail. */
export type Behaviour = (
  request: Received,
  nth: number,
) => Reply | 'hang' | 'reset' | Promise<Reply | 'hang' | 'reset'>;

export interface Partner {
  readonly url: string;
  readonly received: Received[];
  behave(behaviour: Behaviour): void;
  /** Parsed JSON bodies of everything received by POST. */
  bodies(): Record<string, unknown>[];
  close(): Promise<void>;
}

/** A real local HTTP server that plays a partner and keeps what it was sent. */
export async function startPartner(first: Behaviour = () => ({ status: 200 })): Promise<Partner> {
  let behaviour = first;
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Received = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(one);
      void Promise.resolve(behaviour(one, received.length)).then((reply) => {
        if (reply === 'hang') return;
        if (reply === 'reset') {
          request.socket.destroy();
          return;
        }
        response.writeHead(reply.status, reply.headers ?? {}).end(reply.body ?? '');
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    behave: (next) => {
      behaviour = next;
    },
    bodies: () =>
      received
        .filter((one) => one.method === 'POST')
        .map((one) => JSON.parse(one.body) as Record<string, unknown>),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
