import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { GuardedConnector } from './guarded-connector.js';

interface Destination {
  readonly host?: string | null | undefined;
  readonly port?: string | number | null | undefined;
}

const SETTINGS: http.AgentOptions = {
  keepAlive: true,
  maxSockets: 32,
  maxFreeSockets: 8,
  timeout: 4_000,
};

const open = (connector: GuardedConnector, protocol: string, to: Destination): Socket =>
  connector.open({
    protocol,
    hostname: to.host ?? '',
    port: Number(to.port ?? (protocol === 'https:' ? 443 : 80)),
  });

/**
 * node:http's agent on guarded sockets. Nothing of the request's own connection options is used: no
 * socketPath, no proxy. The socket is returned at once, not by callback, because nock's pass-through needs that.
 */
class GuardedHttpAgent extends http.Agent {
  constructor(private readonly connector: GuardedConnector) {
    super(SETTINGS);
  }

  override createConnection(options: Destination): Socket {
    return open(this.connector, 'http:', options);
  }
}

class GuardedHttpsAgent extends https.Agent {
  constructor(private readonly connector: GuardedConnector) {
    super(SETTINGS);
  }

  override createConnection(options: Destination): Socket {
    return open(this.connector, 'https:', options);
  }
}

/** The pair of agents that axios takes. */
export const guardedAgents = (
  connector: GuardedConnector,
): { readonly httpAgent: http.Agent; readonly httpsAgent: https.Agent } => ({
  httpAgent: new GuardedHttpAgent(connector),
  httpsAgent: new GuardedHttpsAgent(connector),
});
