import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { Waiters } from './waiters.js';

/** What the partner does with one request. */
export type Behaviour =
  /** Answers at once. `retryAfter`: value of the Retry-After header, seconds or HTTP date. */
  | {
      readonly do: 'answer';
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly retryAfter?: string | number;
    }
  /** An HTML page where JSON was meant, as proxies and log-in walls send it. */
  | { readonly do: 'html'; readonly status?: number }
  | { readonly do: 'redirect'; readonly to: string; readonly status?: number }
  /** Takes the request, never answers. */
  | { readonly do: 'hang' }
  /** Sends headers, then one byte every `everyMs`, without end. */
  | { readonly do: 'drip'; readonly everyMs?: number }
  /** Takes the request, then cuts the connection with RST. */
  | { readonly do: 'reset' }
  /** A body of that many bytes. */
  | { readonly do: 'big'; readonly bytes: number };

/** One request as it came in. */
export interface RecordedRequest {
  readonly at: number;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** One behaviour, or a list used up request by request whose last one stays, or a function of the request. */
export type Script =
  Behaviour | readonly Behaviour[] | ((request: RecordedRequest, nth: number) => Behaviour);

export interface PartnerOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Behaviour by path; `*` for every other path. Default: 200 with `{}`. */
  readonly script?: Readonly<Record<string, Script>>;
}

/** A partner under the test's control: real HTTP on loopback. */
export interface Partner {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** The requests to one path. */
  to(path: string): readonly RecordedRequest[];
  /** Changes the behaviour of a path from the next request on. */
  play(path: string, script: Script): void;
  /** Resolves when `count` requests have come in (to `path`, when given); rejects after `withinMs` (default 5,000). */
  received(count: number, path?: string, withinMs?: number): Promise<readonly RecordedRequest[]>;
  /** Cuts every open connection and stops. */
  close(): Promise<void>;
}

const OK: Behaviour = { do: 'answer', status: 200, body: '{}' };

function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

/** Plays one behaviour on a request that was read to its end. */
function perform(behaviour: Behaviour, response: ServerResponse, socket: Socket): void {
  switch (behaviour.do) {
    case 'answer': {
      const { status = 200, headers = {}, body = '', retryAfter } = behaviour;
      const wait: Record<string, string> =
        retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      answer(response, status, { ...headers, ...wait }, body);
      return;
    }
    case 'html':
      answer(
        response,
        behaviour.status ?? 200,
        { 'content-type': 'text/html' },
        '<!doctype html><h1>Welcome</h1>',
      );
      return;
    case 'redirect':
      answer(response, behaviour.status ?? 302, { location: behaviour.to }, '');
      return;
    case 'hang':
      return;
    case 'drip': {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const timer = setInterval(() => response.write('.'), behaviour.everyMs ?? 20);
      response.on('close', () => clearInterval(timer));
      return;
    }
    case 'reset':
      socket.resetAndDestroy();
      return;
    case 'big':
      answer(response, 200, {}, 'x'.repeat(behaviour.bytes));
  }
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://partner');
  return {
    at: Date.now(),
    method: request.method ?? '',
    url: request.url ?? '/',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Behaviours by path, each path counting its own requests. */
class Playbook {
  private readonly scripts: Map<string, Script>;
  private readonly counts = new Map<string, number>();

  constructor(script: Readonly<Record<string, Script>>) {
    this.scripts = new Map(Object.entries(script));
  }

  play(path: string, script: Script): void {
    this.scripts.set(path, script);
    this.counts.delete(path);
  }

  next(request: RecordedRequest): Behaviour {
    const path = this.scripts.has(request.path) ? request.path : '*';
    const nth = this.counts.get(path) ?? 0;
    this.counts.set(path, nth + 1);
    const script = this.scripts.get(path) ?? OK;
    if (typeof script === 'function') return script(request, nth);
    return isList(script) ? (script[Math.min(nth, script.length - 1)] ?? OK) : script;
  }
}

const isList = (script: Script): script is readonly Behaviour[] => Array.isArray(script);

/** Starts a partner on loopback. Close it when the test ends. */
export async function startPartner({
  port = 0,
  script = {},
}: PartnerOptions = {}): Promise<Partner> {
  const requests: RecordedRequest[] = [];
  const playbook = new Playbook(script);
  const waiters = new Waiters();
  const server = createServer((request, response) => {
    const take = (recorded: RecordedRequest): void => {
      requests.push(recorded);
      perform(playbook.next(recorded), response, request.socket);
      waiters.wake();
    };
    record(request).then(take, () => request.socket.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  const to = (path?: string): readonly RecordedRequest[] =>
    path === undefined ? requests : requests.filter((request) => request.path === path);
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    requests,
    to,
    play: (path, next) => playbook.play(path, next),
    received: async (count, path, withinMs = 5_000) => {
      const complaint = (): string =>
        `${to(path).length} of ${count} requests after ${withinMs} ms`;
      await waiters.until(() => to(path).length >= count, withinMs, complaint);
      return to(path);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
