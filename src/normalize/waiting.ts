import type { EventDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';

const PAGE = 500;
/** Of one run; what is left comes in the next one. */
const PAGES = 20;
/** How far back a process looks at first: whoever was away that long comes back to what waits. */
const LOOK_BACK_MS = 7 * 86_400_000;
/** A mended event may be older than what was written before it: so much is looked at again. */
const AGAIN_MS = 10 * 60_000;

/**
 * Conversions that came before their click. They stay `pending` in the ledger for ever, with the answer beside them, so
 * this process remembers up to when all are answered and looks only at what came after that.
 */
export class Waiting {
  private answeredUntil = 0;

  /** `answerOf`: `_id` of the event that ends a conversion's waiting. */
  constructor(
    private readonly store: Pick<LedgerStore, 'events'>,
    private readonly answerOf: (event: EventDoc) => string,
  ) {}

  /**
   * Hands every conversion that came until then and has no answer to `look`, oldest first; `look` says whether it has one
   * now. Returns how many have. `until` in epoch milliseconds.
   */
  async each(until: number, look: (event: EventDoc) => Promise<boolean>): Promise<number> {
    let from = Math.max(until - LOOK_BACK_MS, this.answeredUntil);
    let all = true;
    let answered = 0;
    for (let page = 0; page < PAGES; page += 1) {
      const came = await this.between(from, until);
      for (const event of await this.unanswered(came)) {
        if (await look(event)) answered += 1;
        else all = false;
      }
      const last = came.at(-1)?.at.getTime();
      if (last === undefined) break;
      if (all) this.answeredUntil = last - AGAIN_MS;
      if (came.length < PAGE) break;
      from = last > from ? last : last + 1;
    }
    return answered;
  }

  private between(from: number, until: number): Promise<EventDoc[]> {
    return this.store.events
      .find({
        'attribution.how': 'pending',
        at: { $gte: new Date(from), $lte: new Date(until) },
      })
      .sort({ at: 1 })
      .limit(PAGE)
      .toArray();
  }

  private async unanswered(events: readonly EventDoc[]): Promise<readonly EventDoc[]> {
    if (events.length === 0) return [];
    const found = await this.store.events
      .find({ _id: { $in: events.map(this.answerOf) } }, { projection: { _id: 1 } })
      .toArray();
    const known = new Set(found.map(({ _id }) => _id));
    return events.filter((event) => !known.has(this.answerOf(event)));
  }
}
