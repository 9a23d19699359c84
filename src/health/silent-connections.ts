import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections on which nobody has said anything yet: browsers and pools open some in advance. Node does not count them
 * as idle, so a closing server would wait for them until its process is killed.
 */
export class SilentConnections {
  private readonly open = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    });
  }

  /** When no new work is taken any more. */
  drop(): void {
    for (const socket of this.open) if (socket.bytesRead === 0) socket.destroy();
  }
}
