import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isDraft,
  isOrderLink,
  isReversal,
  refundScope,
  saleMoney,
  type EventType,
  type HistoryEntry,
} from '../../src/contract/index.js';
import { orderRef, toEvent, type EventDoc, type OrderLinkDoc } from '../../src/ledger/documents.js';
import type { LedgerStore } from '../../src/ledger/store.js';
import { orderEvents, parentOf } from '../../src/ledger/timeline.js';
import { stampEvent } from '../../src/normalize/stamp.js';
import { ProcessKey } from '../../src/platform/secrets/process-key.js';
import { loadSourceCases } from '../../src/testing/fixtures.js';
import { sampleEvent } from '../../src/testing/sample-event.js';

const PLUGINS = path.resolve(import.meta.dirname, '../../plugins');
const KEY = new ProcessKey(Buffer.alloc(32, 7));
const ACCOUNT = 'shop';

type Doc = EventDoc | OrderLinkDoc;
const isEvent = (doc: Doc): doc is EventDoc => 'type' in doc;

/** A ledger that answers by the names it is asked for, in whatever order its documents came. */
function ledgerOf(docs: readonly Doc[]): LedgerStore {
  const find =
    (wanted: readonly Doc[]) =>
    ({ refs: { $in: names } }: { refs: { $in: string[] } }) => {
      const found = wanted.filter(({ refs = [] }) => refs.some((name) => names.includes(name)));
      return { limit: () => ({ toArray: () => Promise.resolve(found) }) };
    };
  const links = docs.filter((doc) => !isEvent(doc));
  return {
    events: { find: find(docs.filter(isEvent)) },
    links: { find: find(links) },
  } as unknown as LedgerStore;
}

/** What these notifications put into the ledger. */
function docsOf(source: string, fixtures: readonly string[]): readonly Doc[] {
  const cases = loadSourceCases(path.join(PLUGINS, source, 'fixtures'));
  const stamp = {
    ...{ plugin: source, account: ACCOUNT, receiptId: 'r', trust: 'signed' as const, key: KEY },
    receivedAt: Date.parse('2027-01-01T00:00:00Z'),
  };
  return fixtures.flatMap((name) => {
    const drafts = cases.find((one) => one.name === name)?.golden.drafts;
    if (!drafts) throw new Error(`no sample ${source}/${name}`);
    return drafts.map((one): Doc => {
      if (isDraft(one)) return stampEvent(one, stamp, []);
      if (!isOrderLink(one)) throw new Error(`${source}/${name} holds something else`);
      const refs = one.link.map((id) => orderRef(ACCOUNT, id));
      return { _id: refs.join('+'), account: ACCOUNT, refs, at: new Date(0) };
    });
  });
}

/** What the ledger makes of a purchase: its events as sorted, and what each reversal takes back. */
async function fold(docs: readonly Doc[], name: string): Promise<string> {
  const order = await orderEvents(ledgerOf(docs), [name]);
  const entries: HistoryEntry[] = order.map((event) => ({
    ...{ event: toEvent(event), state: 'delivered', remoteIds: {} },
  }));
  return JSON.stringify(
    order.map((event, at) => {
      if (!isReversal(event.type)) return [event._id];
      const parent = parentOf(event, order);
      const entry = entries.find((one) => one.event.id === parent?._id);
      const own = entries[at]?.event;
      return [
        event._id,
        parent?._id,
        own && entry && refundScope(own, entry, entries),
        own && entry && saleMoney(own, entry, entries),
      ];
    }),
  );
}

const shuffled = (docs: readonly Doc[]) =>
  fc.shuffledSubarray([...docs], { minLength: docs.length });

interface Purchase {
  readonly source: string;
  /** The fixtures whose events must be one purchase. */
  readonly notifications: readonly string[];
  /** Fixture of a reversal → fixture of what it takes back. */
  readonly takesBack: Readonly<Record<string, string>>;
}

const PURCHASES: readonly Purchase[] = [
  {
    source: 'clickbank',
    notifications: [
      'sale-v7-basic-time',
      'upsell',
      'rebill',
      'refund-partial-negative',
      'refund-of-rebill',
      'chargeback',
    ],
    takesBack: {
      'refund-partial-negative': 'sale-v7-basic-time',
      'refund-of-rebill': 'rebill',
      chargeback: 'sale-v7-basic-time',
    },
  },
  {
    source: 'digistore24',
    notifications: ['sale', 'upsell-suffix', 'refund-full', 'chargeback'],
    takesBack: { 'refund-full': 'sale', chargeback: 'sale' },
  },
  {
    source: 'buygoods',
    notifications: ['sale', 'sale-upsell', 'refund-full', 'chargeback'],
    takesBack: { 'refund-full': 'sale', chargeback: 'sale' },
  },
  {
    source: 'stripe',
    notifications: [
      'checkout-sale',
      'intent-of-checkout',
      'refund-partial',
      'dispute-created',
      'dispute-won',
    ],
    takesBack: {
      'refund-partial': 'checkout-sale',
      'dispute-created': 'checkout-sale',
      'dispute-won': 'dispute-created',
    },
  },
  {
    source: 'stripe',
    notifications: [
      'invoice-first-basil',
      'invoice-payment-link',
      'intent-of-invoice-basil',
      'invoice-cycle-after-trial',
      'subscription-deleted',
    ],
    takesBack: {},
  },
];

describe.each(PURCHASES)('one purchase at $source: $notifications', (purchase) => {
  const { source, notifications, takesBack } = purchase;
  const docs = docsOf(source, notifications);
  const events = docs.filter(isEvent);
  const idOf = (fixture: string) => docsOf(source, [fixture])[0]?._id;

  it('is found whole by any of its names', async () => {
    for (const name of new Set(docs.flatMap(({ refs = [] }) => refs))) {
      const found = await orderEvents(ledgerOf(docs), [name]);
      expect(found.map(({ _id }) => _id).toSorted()).toEqual(
        events.map(({ _id }) => _id).toSorted(),
      );
    }
  });

  it('ties each reversal to what it takes back, whatever came in first', async () => {
    const [name = ''] = events[0]?.refs ?? [];
    const wanted = await fold(docs, name);
    const order = await orderEvents(ledgerOf(docs), [name]);
    for (const [reversal, sale] of Object.entries(takesBack)) {
      const event = order.find(({ _id }) => _id === idOf(reversal));
      expect([reversal, event && parentOf(event, order)?._id]).toEqual([reversal, idOf(sale)]);
    }
    await fc.assert(
      fc.asyncProperty(shuffled(docs), async (arrived) => {
        expect(await fold(arrived, name)).toBe(wanted);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a subscription that has seen everything', () => {
  const at = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString();
  const names: Readonly<Record<string, readonly string[]>> = {
    trial: ['S', 'in_1'],
    paid: ['S', 'in_2'],
    back1: ['in_2'],
    back2: ['in_2'],
    edit: ['in_2'],
    disputed: ['in_2'],
    won: ['in_2'],
    ended: ['S'],
  };
  const event = (id: string, type: EventType, day: number, amount: number | null): EventDoc => {
    const { id: _id, ...rest } = sampleEvent({
      id,
      type,
      occurredAt: at(day),
      order: { id: names[id]?.[0] ?? '', line: null, sequence: null },
      revenue: amount === null ? null : { amount, currency: 'USD' },
      adjusts: type === 'ADJUSTMENT' ? 'paid' : null,
    });
    return {
      ...rest,
      _id: id,
      at: new Date(0),
      refs: names[id]?.map((one) => orderRef(ACCOUNT, one)) ?? [],
    };
  };
  const life = [
    event('trial', 'SALE', 1, 0),
    event('paid', 'REBILL', 8, 4900),
    event('back1', 'REFUND', 9, 1000),
    event('edit', 'ADJUSTMENT', 10, -900),
    event('back2', 'REFUND', 11, 3000),
    event('disputed', 'CHARGEBACK', 12, 4000),
    event('won', 'CHARGEBACK_REVERSED', 13, 4000),
    event('ended', 'CANCELED', 14, null),
  ];
  const ref = orderRef(ACCOUNT, 'S');

  it('comes to the same in every order of arrival, each notification once or twice', async () => {
    const wanted = await fold(life, ref);
    const arrivals = fc.shuffledSubarray([...life, ...life], { minLength: life.length });
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrived) => {
        const missing = life.filter((one) => !arrived.includes(one));
        expect(await fold([...arrived, ...missing], ref)).toBe(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('has its refunds summed against the edited amount, and a won dispute against the dispute', async () => {
    const folded = JSON.parse(await fold(life, ref)) as [string, string?, object?, object?][];
    const about = (id: string) => folded.find(([own]) => own === id);
    // 49.00 − 9.00 edited away; 10.00 and 30.00 went back: nothing is left.
    expect(about('back2')).toMatchObject(['back2', 'paid', { kind: 'full' }, { left: 0 }]);
    expect(about('edit')).toMatchObject(['edit', 'paid', {}, { worth: 4000, refunded: 4000 }]);
    expect(about('disputed')?.[1]).toBe('paid');
    expect(about('won')?.[1]).toBe('disputed');
    expect(about('ended')?.[1]).toBe('paid');
  });
});
