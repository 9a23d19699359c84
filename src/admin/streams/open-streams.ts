import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { ProblemError } from '../problems/problem.js';

/** At once in this process: each holds a socket, and asks MongoDB all the time. */
const MOST = { tail: 10, export: 5 } as const;

export type StreamKind = keyof typeof MOST;

/** Answers of this process that go on for long, and how to end them. */
export class OpenStreams {
  private readonly open: Record<StreamKind, Map<Readable, () => void>> = {
    tail: new Map(),
    export: new Map(),
  };
  private ended = false;

  /** Throws `WB_STREAMS_FULL` when there are enough of them, or the process is about to end. */
  demandRoom(kind: StreamKind): void {
    if (this.ended) throw new ProblemError('WB_STREAMS_FULL', 'this process is about to end');
    if (this.open[kind].size >= MOST[kind])
      throw new ProblemError('WB_STREAMS_FULL', `${MOST[kind]} of them are open in this process`);
  }

  /**
   * Counts it until it is closed, by its reader too. `stop`: how it ends with the process. Throws like `demandRoom`.
   */
  add(kind: StreamKind, stream: Readable, { raw }: FastifyReply, stop: () => void): void {
    try {
      this.demandRoom(kind);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    this.open[kind].set(stream, stop);
    stream.once('close', () => this.open[kind].delete(stream));
    // Whoever hung up before the answer began is never noticed by it.
    if (raw.destroyed) stream.destroy();
    else raw.once('close', () => stream.destroy());
  }

  /** When the process begins to drain: the server waits for its connections. */
  end(): void {
    this.ended = true;
    for (const stop of [...this.open.tail.values(), ...this.open.export.values()]) stop();
  }

  /** By Nest, where nobody drained before. */
  beforeApplicationShutdown(): void {
    this.end();
  }
}
