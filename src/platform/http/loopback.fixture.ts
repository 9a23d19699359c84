import { once } from 'node:events';
import net from 'node:net';

/** One request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names, values as sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Loopback {
  readonly port: number;
  readonly origin: string;
  readonly requests: WireRequest[];
  /** Accepted TCP connections so far. */
  connections(): number;
  /** Connections open now. */
  open(): number;
  close(): Promise<void>;
}

export type Answerer = (socket: net.Socket, request: WireRequest) => void;

/** A whole HTTP/1.1 answer with a length. */
export const answer = (status: number, body = '', headers: readonly string[] = []): string =>
  [`HTTP/1.1 ${status} X`, ...headers, `content-length: ${Buffer.byteLength(body)}`, '', body].join(
    '\r\n',
  );

/** Takes one whole request (with content-length or without body) off the front of the bytes. */
function takeRequest(bytes: Buffer): { request: WireRequest; rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = Number(headers['content-length'] ?? 0);
  const body = bytes.subarray(end + 4, end + 4 + length);
  if (body.length < length) return undefined;
  const [method = '', path = ''] = first.split(' ');
  return { request: { method, path, headers, body }, rest: bytes.subarray(end + 4 + length) };
}

/** A server of raw bytes on a loopback address; `answerer` writes the answer itself. */
export async function listen(answerer: Answerer, host = '127.0.0.1'): Promise<Loopback> {
  const requests: WireRequest[] = [];
  const sockets = new Set<net.Socket>();
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    let pending: Buffer = Buffer.alloc(0);
    socket.on('error', () => sockets.delete(socket));
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let taken = takeRequest(pending); taken; taken = takeRequest(pending)) {
        pending = taken.rest;
        requests.push(taken.request);
        answerer(socket, taken.request);
      }
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { port, origin, requests, connections: () => accepted, open: () => sockets.size, close };
}
