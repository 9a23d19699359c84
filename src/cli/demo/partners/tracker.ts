import { PartnerServer, type Asked, type Reply } from './partner-server.js';

/** One postback as the tracker keeps it; fields as they came in the query. */
export interface TrackerRecord {
  readonly eventId: string;
  readonly type: string;
  readonly click: string;
  readonly order: string;
  /** Decimal text. */
  amount: string;
  readonly currency: string;
  /** The same event id again: answered alike, counted once. */
  repeats: number;
}

/** A tracker as there are many: one GET for every event, `OK` in the body, doubles known by the event id. */
export class Tracker extends PartnerServer {
  readonly books: TrackerRecord[] = [];

  /** Template of the postback, as a user would paste it. */
  get template(): string {
    return (
      `${this.url}/postback?cid={click_id}&eid={event_id}&et={event_type}` +
      '&txid={order_id}&amount={amount}&cur={amount_currency}&payout={payout}'
    );
  }

  protected answer({ path, query }: Asked): Reply {
    const eventId = query.get('eid') ?? '';
    if (path[0] !== 'postback' || eventId === '') return { status: 404, type: 'text', body: 'no' };
    const known = this.books.find((one) => one.eventId === eventId);
    if (known) known.repeats += 1;
    else {
      this.books.push({
        eventId,
        type: query.get('et') ?? '',
        click: query.get('cid') ?? '',
        order: query.get('txid') ?? '',
        amount: query.get('amount') ?? '',
        currency: query.get('cur') ?? '',
        repeats: 0,
      });
    }
    return { status: 200, type: 'text', body: 'OK' };
  }
}
