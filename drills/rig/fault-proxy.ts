import net from 'node:net';
import { pause } from './drill.js';
import type { Random } from './random.js';

/** How badly the line behaves. */
export interface Weather {
  /** Each chunk is late by `delayMs ± jitterMs`; the order of the bytes stays. */
  readonly delayMs?: number;
  readonly jitterMs?: number;
  /** Share of the chunks at which the connection is cut; half of these cuts fall inside the chunk. */
  readonly cutShare?: number;
}

/** What happens to one chunk. `keep`: only so many of its bytes pass, then the connection is cut. */
export interface Fate {
  readonly lateMs: number;
  readonly keep?: number;
}

/** Draws the fate of a chunk of `length` bytes. */
export function fateOf(random: Random, length: number, weather: Weather): Fate {
  const { delayMs = 0, jitterMs = 0, cutShare = 0 } = weather;
  const lateMs = Math.max(0, delayMs + random.between(-jitterMs, jitterMs));
  if (cutShare === 0 || random.next() >= cutShare) return { lateMs };
  const inside = length > 1 && random.next() < 0.5;
  return { lateMs, keep: inside ? 1 + random.whole(length - 1) : 0 };
}

/** What the proxy did, for the proof that it did it. */
export interface Harm {
  connections: number;
  chunks: number;
  late: number;
  cuts: number;
  midFrame: number;
  halfOpened: number;
  /** Bytes that arrived while nothing was let through. */
  held: number;
}

type Side = 'client' | 'server';

/** One connection through the proxy; bytes of each direction pass one after the other. */
class Link {
  /** The other side is gone, and this one is not told: what comes in is swallowed. */
  halfOpen = false;
  private readonly sides: Readonly<Record<Side, net.Socket>>;
  private readonly order: Record<Side, Promise<void>> = {
    client: Promise.resolve(),
    server: Promise.resolve(),
  };

  constructor(
    client: net.Socket,
    server: net.Socket,
    private readonly pass: (chunk: Buffer, sink: net.Socket, link: Link) => Promise<void>,
  ) {
    this.sides = { client, server };
    this.listen('client', server);
    this.listen('server', client);
  }

  private listen(from: Side, sink: net.Socket): void {
    const source = this.sides[from];
    source.setNoDelay(true);
    source.on('error', () => source.destroy());
    source.on('data', (chunk: Buffer) => {
      source.pause();
      this.order[from] = this.pass(chunk, sink, this).then(() => void source.resume());
    });
    source.on('close', () => {
      // What was under way goes out before the end is told.
      if (!this.halfOpen) void this.order[from].then(() => sink.end());
    });
  }

  cut(): void {
    for (const socket of Object.values(this.sides)) socket.resetAndDestroy();
  }

  /** The server's end vanishes without a packet to the client, as behind a firewall that forgot the connection. */
  forget(): void {
    this.halfOpen = true;
    this.sides.server.destroy();
  }

  destroy(): void {
    for (const socket of Object.values(this.sides)) socket.destroy();
  }
}

/** A TCP line on loopback that is late, breaks, goes silent or forgets connections, as told. */
export class FaultProxy {
  private readonly links = new Set<Link>();
  private readonly server: net.Server;
  private frozen: Promise<void> | undefined;
  private thaw: () => void = () => undefined;
  weather: Weather = {};
  readonly harm: Harm = {
    connections: 0,
    chunks: 0,
    late: 0,
    cuts: 0,
    midFrame: 0,
    halfOpened: 0,
    held: 0,
  };

  private constructor(
    private readonly to: number,
    private readonly random: Random,
  ) {
    this.server = net.createServer((client) => this.connect(client));
  }

  /** A proxy in front of a loopback port. */
  static async open(to: number, random: Random): Promise<FaultProxy> {
    const proxy = new FaultProxy(to, random);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  private connect(client: net.Socket): void {
    this.harm.connections += 1;
    const server = net.connect(this.to, '127.0.0.1');
    const link = new Link(client, server, (chunk, sink, one) => this.pass(chunk, sink, one));
    this.links.add(link);
    client.once('close', () => this.links.delete(link));
  }

  private async pass(chunk: Buffer, sink: net.Socket, link: Link): Promise<void> {
    this.harm.chunks += 1;
    if (this.frozen) {
      this.harm.held += chunk.length;
      await this.frozen;
    }
    if (link.halfOpen) return;
    const { lateMs, keep } = fateOf(this.random, chunk.length, this.weather);
    if (lateMs >= 1) {
      this.harm.late += 1;
      await pause(lateMs);
    }
    if (keep === undefined) await written(sink, chunk);
    else await this.cutAfter(keep, chunk, sink, link);
  }

  private async cutAfter(keep: number, chunk: Buffer, sink: net.Socket, link: Link): Promise<void> {
    this.harm.cuts += 1;
    if (keep > 0) {
      this.harm.midFrame += 1;
      await written(sink, chunk.subarray(0, keep));
    }
    link.cut();
  }

  /** Lets nothing through for so long; then everything that came passes. New connections are taken and get no answer. */
  async blackHole(ms: number): Promise<void> {
    this.frozen ??= new Promise((resolve) => {
      this.thaw = resolve;
    });
    await pause(ms);
    this.frozen = undefined;
    this.thaw();
  }

  /** Every connection there is loses its server and does not hear of it. */
  halfOpen(): void {
    for (const link of this.links) {
      if (link.halfOpen) continue;
      link.forget();
      this.harm.halfOpened += 1;
    }
  }

  async close(): Promise<void> {
    this.thaw();
    for (const link of this.links) link.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }
}

/** Resolves when the bytes left this process, or never will. */
function written(sink: net.Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (sink.destroyed || sink.writableEnded) resolve();
    else sink.write(chunk, () => resolve());
  });
}
