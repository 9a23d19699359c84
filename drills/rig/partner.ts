import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { Journal } from './journal.js';

/** A line of `partners.ndjson`: one request that reached a partner, written before it is answered. */
export interface PartnerLine {
  readonly partner: string;
  /** Event id, the idempotency id of these partners; '' when the request had none. */
  readonly event: string;
  readonly order: string;
  readonly type: string;
  /** Decimal, as sent. */
  readonly amount: string;
  readonly at: number;
  /** What it was answered; 0 when it got no answer. */
  readonly status: number;
  /** False: a 2xx whose body says that it was not taken. */
  readonly taken?: false;
}

/** What a partner does with a request. */
export type Answer =
  | {
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterMs?: number;
      /** The status says yes, but the body does not: it counts as not taken. */
      readonly taken?: false;
    }
  /** Takes the request and says nothing until the caller leaves. */
  | 'hang'
  /** Cuts the connection without a word. */
  | 'reset'
  /** Sends its answer one byte per 200 ms. */
  | 'drip';

/** Decides about one request. `nth`: how often this event came to this partner, this time included. */
export type Script = (request: { readonly event: string; readonly nth: number }) => Answer;

/** A partner that reads whole requests. Without `told` a request was only a question: no line is written for it. */
export type Speaker = (request: {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}) => {
  readonly told?: Pick<PartnerLine, 'event' | 'order' | 'type' | 'amount'>;
  readonly answer: Answer;
};

const YES: Answer = { status: 200, body: 'OK' };
export const always =
  (answer: Answer): Script =>
  () =>
    answer;

/** Partners on one loopback server: `/p0/…`, `/p1/…`. Each follows its script, which may be changed while it runs. */
export class Partners {
  private readonly server: http.Server;
  private readonly journal: Journal<PartnerLine>;
  private readonly seen = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  private readonly scripts = new Map<string, Script>();
  private readonly speakers = new Map<string, Speaker>();
  /** Requests being answered, and the most there ever were, by partner. */
  private readonly open = new Map<string, { now: number; most: number }>();
  readonly lines: PartnerLine[] = [];
  /** When a request reached its partner, called once per request. */
  onRequest: (line: PartnerLine) => void = () => undefined;

  private constructor(
    dir: string,
    names: readonly string[],
    private readonly now: () => number,
  ) {
    this.journal = new Journal(path.join(dir, 'partners.ndjson'));
    for (const name of names) this.scripts.set(name, always(YES));
    this.server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
      this.serve(request, response),
    );
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** `now`: the clock that dates the lines, where the gateway's is not this machine's. */
  static async open(
    dir: string,
    names: readonly string[],
    now: () => number = Date.now,
  ): Promise<Partners> {
    const partners = new Partners(dir, names, now);
    await new Promise<void>((resolve) => partners.server.listen(0, '127.0.0.1', resolve));
    return partners;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on this partner answers so. */
  behave(name: string, script: Script | Answer): void {
    this.scripts.set(name, typeof script === 'function' ? script : always(script));
  }

  /** From now on this partner has a language of its own. */
  speak(name: string, speaker: Speaker): void {
    this.speakers.set(name, speaker);
  }

  /** Most requests that were open at this partner at one time. */
  mostOpen(name: string): number {
    return this.open.get(name)?.most ?? 0;
  }

  sync(): void {
    this.journal.sync();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    this.journal.close();
  }

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const url = new URL(request.url ?? '/', 'http://partner');
    const partner = url.pathname.split('/')[1] ?? '';
    const speaker = this.speakers.get(partner);
    if (speaker) {
      this.converse(partner, speaker, url, request, response);
      return;
    }
    request.resume();
    const field = (name: string): string => url.searchParams.get(name) ?? '';
    const event = field('eid');
    const key = `${partner}|${event}`;
    const nth = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, nth);
    const answer = this.scripts.get(partner)?.({ event, nth }) ?? { status: 404 };
    const told = { event, order: field('txid'), type: field('et'), amount: field('amt') };
    this.note(partner, told, answer);
    this.count(partner, response);
    say(answer, response);
  }

  private converse(
    partner: string,
    speaker: Speaker,
    url: URL,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { told, answer } = speaker({ method: request.method ?? '', url, body });
      if (told) this.note(partner, told, answer);
      this.count(partner, response);
      say(answer, response);
    });
  }

  private note(
    partner: string,
    told: Pick<PartnerLine, 'event' | 'order' | 'type' | 'amount'>,
    answer: Answer,
  ): void {
    const line: PartnerLine = {
      partner,
      ...told,
      at: this.now(),
      status: typeof answer === 'string' ? 0 : answer.status,
      ...(typeof answer === 'object' && answer.taken === false ? { taken: false } : {}),
    };
    this.lines.push(line);
    this.journal.add(line);
    this.onRequest(line);
  }

  private count(partner: string, response: http.ServerResponse): void {
    const open = this.open.get(partner) ?? { now: 0, most: 0 };
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    this.open.set(partner, open);
    response.once('close', () => (open.now -= 1));
  }
}

function say(answer: Answer, response: http.ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer === 'drip') {
    drip(response);
    return;
  }
  const reply = (): void => {
    response.writeHead(answer.status, { 'content-type': 'text/plain', ...answer.headers });
    response.end(answer.body ?? '');
  };
  if (answer.afterMs === undefined) reply();
  else setTimeout(reply, answer.afterMs);
}

function drip(response: http.ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const timer = setInterval(() => response.write('x'), 200);
  response.once('close', () => clearInterval(timer));
}
