import type { Configuration } from '../../accounts/configuration.js';
import { orderRef, type EventDoc } from '../../ledger/documents.js';
import type { LedgerStore } from '../../ledger/store.js';
import { orderEvents } from '../../ledger/timeline.js';
import { MAX_TIME_MS } from '../paging/newest-first.js';

export const FOUND_KINDS = [
  'event',
  'delivery',
  'receipt',
  'order',
  'click',
  'account',
  'target',
  'offer',
] as const;

export interface FoundItem {
  readonly kind: (typeof FOUND_KINDS)[number];
  /** As its own call takes it; of an order, the name for `GET /api/v1/events?orderId=`. */
  readonly id: string;
  /** For a person. */
  readonly title: string;
  /** ISO 8601; null for what stands in the configuration. */
  readonly at: string | null;
}

/** Objects of the configuration that are shown at most, of each kind. */
const MAX_OBJECTS = 10;
const MAX_ORDERS = 20;

const eventItem = (event: EventDoc): FoundItem => ({
  kind: 'event',
  id: event._id,
  title: `${event.type}${event.order ? ` of order ${event.order.id}` : ''} (${event.source.account})`,
  at: event.receivedAt,
});

/** Finds what somebody holds a name of. Ids and names exactly, the configuration by the beginning; only by indexes. */
export class Search {
  constructor(
    private readonly store: LedgerStore,
    private readonly configuration: Configuration,
  ) {}

  async find(q: string): Promise<readonly FoundItem[]> {
    const found = await Promise.all([
      this.events(q),
      this.deliveries(q),
      this.receipts(q),
      this.orders(q),
      this.clicks(q),
    ]);
    return [...found.flat(), ...this.objects(q)];
  }

  private async events(id: string): Promise<readonly FoundItem[]> {
    const event = await this.store.events.findOne({ _id: id }, { maxTimeMS: MAX_TIME_MS });
    return event ? [eventItem(event)] : [];
  }

  private async deliveries(id: string): Promise<readonly FoundItem[]> {
    const row = await this.store.deliveries.findOne({ _id: id }, { maxTimeMS: MAX_TIME_MS });
    if (!row) return [];
    const title = `${row.type} to ${row.target}: ${row.state}`;
    return [{ kind: 'delivery', id, title, at: row.at.toISOString() }];
  }

  private async receipts(id: string): Promise<readonly FoundItem[]> {
    const doc = await this.store.receipts.findOne(
      { _id: id },
      { projection: { account: 1, source: 1, state: 1, at: 1 }, maxTimeMS: MAX_TIME_MS },
    );
    if (!doc) return [];
    const title = `${doc.source} notification to ${doc.account}: ${doc.state}`;
    return [{ kind: 'receipt', id, title, at: doc.at.toISOString() }];
  }

  /** By the order's id and every other name of it, in every configured account. */
  private async orders(name: string): Promise<readonly FoundItem[]> {
    const refs = this.configuration.accounts.map(({ id }) => orderRef(id, name));
    const events = await orderEvents(this.store, refs);
    const orders = Map.groupBy(
      events.filter(({ order }) => order !== null),
      ({ source, order }) => orderRef(source.account, order?.id ?? ''),
    );
    return [...orders.values()].slice(0, MAX_ORDERS).flatMap(([first, ...more]) => {
      if (!first?.order) return [];
      const types = [...new Set([first, ...more].map(({ type }) => type))].join(', ');
      const count = more.length === 0 ? '1 event' : `${more.length + 1} events`;
      const title = `Order ${first.order.id} of ${first.source.account}: ${count} (${types})`;
      return [{ kind: 'order' as const, id: first.order.id, title, at: first.occurredAt }];
    });
  }

  private async clicks(id: string): Promise<readonly FoundItem[]> {
    const [touch, event] = await Promise.all([
      this.store.touches.findOne({ _id: id }, { maxTimeMS: MAX_TIME_MS }),
      this.store.events.findOne({ 'attribution.clickId': id }, { maxTimeMS: MAX_TIME_MS }),
    ]);
    if (touch) {
      const [who, what] = [touch.affiliate ?? 'nobody', touch.offer ?? 'no offer'];
      const title = `${touch.kind === 'click' ? 'Click' : 'Impression'} by ${who} on ${what}`;
      return [{ kind: 'click', id, title, at: touch.at.toISOString() }];
    }
    if (!event) return [];
    const title = `Click that ${event.source.account} named with a ${event.type}; not kept here`;
    return [{ kind: 'click', id, title, at: event.receivedAt }];
  }

  private objects(q: string): readonly FoundItem[] {
    const begun = q.toLowerCase();
    const item = (kind: FoundItem['kind'], title: (id: string) => string, ids: readonly string[]) =>
      ids
        .filter((id) => id.toLowerCase().startsWith(begun))
        .slice(0, MAX_OBJECTS)
        .map((id) => ({ kind, id, title: title(id), at: null }));
    const { accounts, targets, offers } = this.configuration;
    const source = new Map(accounts.map((one) => [one.id, one.source.label]));
    const partner = new Map(targets.map((one) => [one.id, one.plugin.label]));
    return [
      ...item('account', (id) => `Account ${id} (${source.get(id)})`, [...source.keys()]),
      ...item('target', (id) => `Target ${id} (${partner.get(id)})`, [...partner.keys()]),
      ...item(
        'offer',
        (id) => `Offer ${id}`,
        offers.map(({ id }) => id),
      ),
    ];
  }
}
