import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { CLICK_ID } from './payload.js';

const BODY = 'OK';
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
);
const HEAD_END = '\r\n\r\n';
const TARGET = /^GET \/t(\d)/;

/** The partner: notes when each event first arrived, answers at once, keeps the connection. */
export class Sink {
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();
  private arrivals: Float64Array[] = [];
  private left = 0;
  private done: () => void = () => undefined;
  /** Requests for an event that had arrived before. */
  repeats = 0;
  /** Requests without a readable event number. */
  strays = 0;

  private constructor() {
    this.server = net.createServer((socket) => this.serve(socket));
  }

  static async open(): Promise<Sink> {
    const sink = new Sink();
    await new Promise<void>((resolve) => sink.server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Expects the events 0 to `events - 1` once at each of `targets` partners; forgets everything before. */
  reset(events: number, targets: number): void {
    this.arrivals = Array.from({ length: targets }, () =>
      new Float64Array(events).fill(Number.NaN),
    );
    this.left = events * targets;
    this.repeats = 0;
    this.strays = 0;
  }

  /** Arrival times at a partner by event number; NaN when the event never came. */
  times(target: number): Float64Array {
    return this.arrivals[target] ?? new Float64Array();
  }

  /** Resolves to true when no more than `left` arrivals are missing, to false after `limitMs`. */
  async until(left: number, limitMs: number): Promise<boolean> {
    const began = performance.now();
    while (this.left > left && performance.now() - began < limitMs) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left === 0 ? 250 : 20);
        this.done = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.left <= left;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(socket: net.Socket): void {
    let held = '';
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (let end = held.indexOf(HEAD_END); end >= 0; end = held.indexOf(HEAD_END)) {
        this.note(held.slice(0, held.indexOf('\r\n')));
        held = held.slice(end + HEAD_END.length);
        socket.write(ANSWER);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  private note(line: string): void {
    const number = CLICK_ID.exec(line)?.[1];
    const arrivals = this.arrivals[Number(TARGET.exec(line)?.[1] ?? -1)];
    const at = number === undefined ? undefined : arrivals?.[Number(number)];
    if (!arrivals || at === undefined) {
      this.strays += 1;
    } else if (Number.isNaN(at)) {
      arrivals[Number(number)] = performance.now();
      this.left -= 1;
      if (this.left === 0) this.done();
    } else {
      this.repeats += 1;
    }
  }
}
