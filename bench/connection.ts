import net from 'node:net';

const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: (\d+)/i;

/** Status of an answer; 0 when the connection broke before it was whole. */
export type Answered = (status: number) => void;

/**
 * A keep-alive connection that sends ready-made requests one at a time and reads no more of an answer than its status
 * and length: what the loader burns is missing to the server beside it.
 */
export class Connection {
  private text = '';
  private answered: Answered | undefined;

  private constructor(private socket: net.Socket) {
    this.attach();
  }

  static async open(port: number): Promise<Connection> {
    return new Connection(await connect(port));
  }

  /** Only one request at a time. */
  send(request: Buffer, answered: Answered): void {
    if (this.socket.destroyed) return answered(0);
    this.answered = answered;
    this.socket.write(request);
  }

  close(): void {
    this.socket.destroy();
  }

  private attach(): void {
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', () => this.finish(0));
    this.socket.on('close', () => this.finish(0));
  }

  private read(chunk: Buffer): void {
    this.text += chunk.toString('latin1');
    const end = this.text.indexOf(HEAD_END);
    if (end < 0) return;
    const length = Number(LENGTH.exec(this.text.slice(0, end))?.[1] ?? 0);
    if (this.text.length < end + HEAD_END.length + length) return;
    const status = Number(this.text.slice(9, 12));
    this.text = '';
    this.finish(status);
  }

  private finish(status: number): void {
    const { answered } = this;
    this.answered = undefined;
    answered?.(status);
  }
}

function connect(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

export const openAll = (port: number, count: number): Promise<Connection[]> =>
  Promise.all(Array.from({ length: count }, () => Connection.open(port)));
