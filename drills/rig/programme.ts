import type { Answer, Speaker } from './partner.js';

const JSON_TYPE = { 'content-type': 'application/json' };

interface Conversion {
  readonly external_id: string;
  readonly amount: number;
  readonly meta_data: { readonly event_id: string; readonly event_type: string };
}

/**
 * A programme in the manner of Tapfiliate: conversions under an `external_id`, a look-up by it, 409 for a second one.
 * Its lines carry the event id that the gateway puts into `meta_data`.
 */
export class Programme {
  private readonly numbers = new Map<string, number>();
  private readonly seen = new Set<string>();
  /** Requests that created what was there already: the gateway did not ask before it sent again. */
  again = 0;
  /** Look-ups that were answered. */
  asked = 0;

  /** `stumbles`: decides whether a first request is answered 500 and forgotten. `afterMs`: how long it thinks. */
  constructor(private readonly manner: { stumbles?: () => boolean; afterMs?: number } = {}) {}

  readonly speaker: Speaker = ({ method, url, body }) =>
    method === 'GET' ? { answer: this.find(url) } : this.create(JSON.parse(body) as Conversion);

  private answer(status: number, body: unknown): Answer {
    const { afterMs } = this.manner;
    const late = afterMs === undefined ? {} : { afterMs };
    return { status, headers: JSON_TYPE, body: JSON.stringify(body), ...late };
  }

  private find(url: URL): Answer {
    this.asked += 1;
    const external = url.searchParams.get('external_id') ?? '';
    const id = this.numbers.get(external);
    return this.answer(200, id === undefined ? [] : [shape(id, external)]);
  }

  private create(wanted: Conversion): ReturnType<Speaker> {
    const { external_id: external, amount, meta_data: meta } = wanted;
    const told = {
      event: meta.event_id,
      order: external,
      type: meta.event_type,
      amount: amount.toFixed(2),
    };
    const first = !this.seen.has(external);
    this.seen.add(external);
    if (first && this.manner.stumbles?.() === true) {
      return { told, answer: this.answer(500, { message: 'not now' }) };
    }
    if (this.numbers.has(external)) {
      this.again += 1;
      return { told, answer: this.answer(409, { message: 'duplicate' }) };
    }
    const id = this.numbers.size + 1;
    this.numbers.set(external, id);
    return { told, answer: this.answer(200, shape(id, external)) };
  }
}

const shape = (id: number, external: string): object => ({
  id,
  external_id: external,
  amount: 49,
  affiliate: { id: 'aff' },
  commissions: [{ id: id + 1_000_000, amount: 10, approved: null, currency: 'USD' }],
});
