import { Pool } from 'undici';
import { postbackPath, type EventDoc } from './documents.js';
import { given } from './door.js';

/** A delivery that this process may send. */
export interface Claim {
  readonly id: string;
  readonly token: string;
  readonly event: EventDoc;
}

/** Rows are born claimed while a lane holds at most so many. */
const BORN_LIMIT = 256;
const SOCKETS = 32;

/** The in-process queue of one target: at most `SOCKETS` requests at a time. */
export class Lane {
  private readonly pool = new Pool(given('SINK_URL'), { connections: SOCKETS });
  private readonly present = new Set<string>();
  private waiting: Claim[] = [];
  private next = 0;
  private inFlight = 0;

  constructor(
    private readonly target: string,
    private readonly sent: (claim: Claim, released: () => void) => void,
  ) {}

  get takesNewborn(): boolean {
    return this.present.size <= BORN_LIMIT;
  }

  accept(claims: readonly Claim[]): void {
    for (const claim of claims) {
      if (this.present.has(claim.id)) continue;
      this.present.add(claim.id);
      this.waiting.push(claim);
    }
    this.pump();
  }

  private pump(): void {
    while (this.inFlight < SOCKETS && this.next < this.waiting.length) {
      const claim = this.waiting[this.next];
      this.next += 1;
      if (claim) void this.send(claim);
    }
    if (this.next > 1024) {
      this.waiting = this.waiting.slice(this.next);
      this.next = 0;
    }
  }

  /** An answer other than 200 leaves the row as it is: the bench then finds it missing in the books. */
  private async send(claim: Claim): Promise<void> {
    this.inFlight += 1;
    const released = (): void => void this.present.delete(claim.id);
    try {
      const path = postbackPath(claim.event, this.target);
      const { statusCode, body } = await this.pool.request({ method: 'GET', path });
      await body.text();
      if (statusCode === 200) this.sent(claim, released);
    } finally {
      this.inFlight -= 1;
      this.pump();
    }
  }
}
