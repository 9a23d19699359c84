import { once } from 'node:events';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../../platform/http/self-signed.js';

/** What a network's own host answers. */
export interface VendorAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export type VendorReply = (request: IncomingMessage) => VendorAnswer;

/**
 * A network's host on this machine, under its own name and with a certificate that only the demo's gateway believes: what
 * the gateway fetches or looks up there goes the whole way.
 */
export class VendorHost {
  private readonly server: https.Server;
  /** PEM. */
  readonly certificate: string;

  constructor(
    readonly name: string,
    private readonly reply: VendorReply,
  ) {
    const { cert, key } = selfSigned(name);
    this.certificate = cert;
    this.server = https.createServer({ cert, key }, (request, response) =>
      this.serve(request, response),
    );
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const { status, type, body } = this.reply(request);
    response.writeHead(status, { 'content-type': type }).end(body);
  }

  async open(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** An entry of WAYBILL_CONNECT_TO. */
  get detour(): string {
    return `${this.name}:443=127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}
