import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  /** Without `/api/v1/` and query. */
  readonly where: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answers = (asked: Asked, response: ServerResponse) => unknown;

export const KEY = 'wbk_spec-key-0123456789abcdef';

/** A server on loopback that answers as a gateway would, by the contract of its API. */
export class SpecApi {
  readonly asked: Asked[] = [];
  answers: Answers = () => undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SpecApi> {
    const server = createServer();
    const api = new SpecApi(server);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => api.answer(request, response, body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get env(): NodeJS.ProcessEnv {
    const { port } = this.server.address() as AddressInfo;
    return { WAYBILL_URL: `http://127.0.0.1:${port}`, WAYBILL_ADMIN_KEY: KEY };
  }

  /** What the function gives is the JSON of a 200; nothing: it has answered itself, or there is no such call. */
  private answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const url = new URL(request.url ?? '', 'http://spec');
    const where = url.pathname.replace('/api/v1/', '');
    const { method = '', headers } = request;
    const asked = { method, where, query: url.searchParams, headers, body };
    this.asked.push(asked);
    const json: unknown = this.answers(asked, response);
    if (json !== undefined)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(json));
    else if (!response.headersSent) problem(response, 404, 'WB_NOT_FOUND', 'there is no such call');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A problem document, as the admin API answers errors. */
export function problem(
  response: ServerResponse,
  status: number,
  code: string,
  detail: string,
): void {
  const title = 'There is no such thing';
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title, status, detail, code, fix: 'Look again.' }));
}
