import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { CLICK_ID } from './payload.js';

const BODY = 'OK';
const answer = (line: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${line}\r\ncontent-type: text/plain\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
  );
const YES = answer('200 OK');
const NOT_NOW = answer('503 Service Unavailable');
const HEAD_END = '\r\n\r\n';
const TARGET = /^GET \/t(\d)/;

/** How the partners behave; without one each answers `200` at once. */
export interface Manners {
  /** Milliseconds until a partner answers; Infinity: when it is released. */
  readonly delayMs?: (target: number) => number;
  /** The first request for this event gets a `503`, and does not count as arrived. */
  readonly refuses?: (event: number) => boolean;
  /** A partner whose requests are answered and otherwise not looked at. */
  readonly ignored?: number;
}

interface Held {
  readonly timer: NodeJS.Timeout | undefined;
  readonly send: () => void;
}

/** The partners: note when each event first arrived, answer as told, keep the connection. */
export class Sink {
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();
  private readonly held = new Set<Held>();
  private readonly refused = new Set<string>();
  private arrivals: Float64Array[] = [];
  private manners: Manners = {};
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
  reset(events: number, targets: number, manners: Manners = {}): void {
    this.release();
    this.refused.clear();
    this.arrivals = Array.from({ length: targets }, () =>
      new Float64Array(events).fill(Number.NaN),
    );
    this.manners = manners;
    this.left = events * targets;
    this.repeats = 0;
    this.strays = 0;
  }

  /** Changes how the partners answer from now on. */
  behave(manners: Manners): void {
    this.manners = manners;
  }

  /** Answers whatever waits, and from now on everything at once. */
  release(): void {
    this.manners = { ...this.manners, delayMs: () => 0 };
    for (const { timer, send } of this.held) {
      clearTimeout(timer);
      send();
    }
    this.held.clear();
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
    for (const { timer } of this.held) clearTimeout(timer);
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(socket: net.Socket): void {
    let text = '';
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf(HEAD_END); end >= 0; end = text.indexOf(HEAD_END)) {
        const line = text.slice(0, text.indexOf('\r\n'));
        text = text.slice(end + HEAD_END.length);
        this.reply(socket, line);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  private reply(socket: net.Socket, line: string): void {
    const target = Number(TARGET.exec(line)?.[1] ?? -1);
    const bytes = target === this.manners.ignored || this.note(line, target) ? YES : NOT_NOW;
    const send = (): void => void (socket.destroyed || socket.write(bytes));
    const delay = this.manners.delayMs?.(target) ?? 0;
    if (delay === 0) return send();
    const held: Held = {
      send,
      timer: Number.isFinite(delay)
        ? setTimeout(() => {
            this.held.delete(held);
            send();
          }, delay)
        : undefined,
    };
    this.held.add(held);
  }

  /** False: the partner does not take it now. */
  private note(line: string, target: number): boolean {
    const number = CLICK_ID.exec(line)?.[1];
    const arrivals = this.arrivals[target];
    const event = Number(number ?? -1);
    const at = arrivals?.[event];
    if (!arrivals || at === undefined) {
      this.strays += 1;
    } else if (!Number.isNaN(at)) {
      this.repeats += 1;
    } else if (this.refusesNow(event, target)) {
      return false;
    } else {
      arrivals[event] = performance.now();
      this.left -= 1;
      if (this.left === 0) this.done();
    }
    return true;
  }

  private refusesNow(event: number, target: number): boolean {
    if (this.manners.refuses?.(event) !== true) return false;
    const key = `${target}|${event}`;
    if (this.refused.delete(key)) return false;
    this.refused.add(key);
    return true;
  }
}
