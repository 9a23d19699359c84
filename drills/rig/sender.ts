import path from 'node:path';
import { Agent, request } from 'undici';
import { pause } from './drill.js';
import { Journal } from './journal.js';
import { refundOf, saleOf, sealed, SIGNING_SECRET, type Telling } from './telling.js';

/** A line of `sent.ndjson`: written before the first byte goes out. */
export interface SentLine {
  readonly id: string;
  readonly order: string;
  readonly type: string;
  readonly amount: number;
}

/** A line of `accepted.ndjson`: written only after the whole 2xx was read. */
export interface AcceptedLine {
  readonly id: string;
}

/** One try. `status` 0: no answer came. Times are epoch ms. */
export interface Try {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

export interface SendOrder {
  /** Numbers `from` to `from + count - 1`. */
  readonly from: number;
  readonly count: number;
  /** Senders side by side. */
  readonly connections: number;
  /** At most so many sales per second; without it as fast as the answers come. */
  readonly perSecond?: number;
  /** Every n-th sale is followed by a refund; 0 for none. */
  readonly refundEvery?: number;
  /** Tries of one telling, and milliseconds between them. A network gives up in the end. */
  readonly tries?: number;
  readonly gapMs?: number;
  /** Ends early: what was begun is finished. */
  readonly until?: () => boolean;
}

const TIMEOUT_MS = 10_000;

/** Plays the network: signs, sends, tries again on anything but a 2xx, and writes down what was accepted. */
export class Sender {
  private readonly agent = new Agent({
    connections: 64,
    pipelining: 1,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connectTimeout: 2000,
  });
  private readonly sent: Journal<SentLine>;
  private readonly accepted: Journal<AcceptedLine>;
  private readonly known = new Set<string>();
  /** Every try, in order of its end. */
  readonly tries: Try[] = [];
  /** Bodies of answers that were no 2xx, a few of each status: L8 reads them. */
  readonly errorBodies: string[] = [];
  acceptedCount = 0;
  /** With what the next try is signed. */
  secret: () => string = () => SIGNING_SECRET;
  /** When the whole 2xx was read, epoch ms, by telling. */
  readonly acceptedAt = new Map<string, number>();
  /** Tellings that used up their tries. */
  givenUp = 0;

  /**
   * `base`: where the next try goes, without a slash at the end; asked for every try. `now`: the network's clock, which
   * dates the signatures.
   */
  constructor(
    dir: string,
    private readonly base: () => string,
    private readonly where = '/in/stripe/shop',
    private readonly now: () => number = Date.now,
  ) {
    this.sent = new Journal(path.join(dir, 'sent.ndjson'));
    this.accepted = new Journal(path.join(dir, 'accepted.ndjson'));
  }

  /** Resolves when every telling was accepted or given up. */
  async run(order: SendOrder): Promise<void> {
    const began = Date.now();
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < order.count && order.until?.() !== true) {
        const i = next;
        next += 1;
        if (order.perSecond !== undefined) {
          await pause(Math.max(0, began + (i / order.perSecond) * 1000 - Date.now()));
        }
        await this.purchase(order.from + i, order);
      }
    };
    await Promise.all(Array.from({ length: order.connections }, worker));
    this.sync();
  }

  private async purchase(n: number, order: SendOrder): Promise<void> {
    const sold = await this.tell(saleOf(n), order);
    const every = order.refundEvery ?? 0;
    if (sold && every > 0 && n % every === 0) await this.tell(refundOf(n), order);
  }

  /** Sends until accepted; true when it was. */
  async tell(
    telling: Telling,
    { tries = 5, gapMs = 1000 }: Partial<SendOrder> = {},
  ): Promise<boolean> {
    this.noteSent(telling);
    for (let i = 0; i < tries; i += 1) {
      if (i > 0) await pause(gapMs);
      const status = await this.once(telling);
      if (status >= 200 && status < 300) {
        this.noteAccepted(telling.id);
        return true;
      }
    }
    this.givenUp += 1;
    return false;
  }

  /** Writes down what somebody else sends for this network: before the first byte goes out. */
  noteSent({ id, order, type, amount }: Telling): void {
    if (this.known.has(id)) return;
    this.known.add(id);
    this.sent.add({ id, order, type, amount });
  }

  /** Writes down that a whole 2xx was read. */
  noteAccepted(id: string): void {
    this.accepted.add({ id });
    this.acceptedCount += 1;
    this.acceptedAt.set(id, Date.now());
  }

  /** One try; the status, or 0 when no whole answer came. */
  async once(telling: Telling): Promise<number> {
    const { headers, body } = sealed(telling, this.now(), this.secret());
    return this.post(this.base(), headers, body);
  }

  async post(
    base: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<number> {
    const at = Date.now();
    let status = 0;
    try {
      const answer = await request(`${base}${this.where}`, {
        method: 'POST',
        headers: { ...headers },
        body,
        dispatcher: this.agent,
      });
      const text = await answer.body.text();
      status = answer.statusCode;
      if (status >= 300 && this.errorBodies.length < 200) this.errorBodies.push(text);
    } catch {
      // No answer, or half of one: the network cannot know, and will say it again.
    }
    this.tries.push({ at, ms: Date.now() - at, status });
    return status;
  }

  sync(): void {
    this.sent.sync();
    this.accepted.sync();
  }

  async close(): Promise<void> {
    this.sent.close();
    this.accepted.close();
    await this.agent.destroy();
  }
}
