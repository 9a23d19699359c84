import type { Account } from '../accounts/model.js';
import {
  isNotUnderstood,
  isOrderLink,
  isRecordSeen,
  isReversal,
  type EventDraft,
  type Normalized,
  type OrderLink,
  type Told,
  type Trust,
  type Verified,
} from '../contract/index.js';
import { HotClicks } from '../clicks/hot-clicks.js';
import { touchOfEvent } from '../clicks/touch.js';
import type { CommitRequest } from '../ledger/commit.js';
import {
  orderRef,
  type DeliveryDoc,
  type DraftDoc,
  type EventDoc,
  type OrderLinkDoc,
  type ReceiptDoc,
} from '../ledger/documents.js';
import { eventId } from '../platform/ids/ids.js';
import type { Log } from '../platform/log/log.js';
import type { ProcessKey } from '../platform/secrets/process-key.js';
import type { Planner } from '../route/planner.js';
import { meaningFault } from './draft-check.js';
import { draftDoc, isEventAtOnce } from './drafts.js';
import { stampEvent, stampRows } from './stamp.js';

/** A verified payload on its way into the ledger. */
export interface Verifiedly {
  readonly account: Account;
  readonly payload: Verified<unknown>;
  readonly trust: Trust;
  readonly receipt: ReceiptDoc;
}

/** Turns a verified payload into everything one commit writes. Never throws: what is not understood is parked. */
export class Normalizer {
  private readonly hot = new HotClicks();

  constructor(
    private readonly planner: Planner,
    private readonly key: ProcessKey,
    private readonly log: Log,
  ) {}

  /** `now`: epoch ms; due times of the rows start there. The receipt's arrival stamps the events. */
  toCommit(input: Verifiedly, now: number): CommitRequest<ReceiptDoc> {
    const meaning = this.normalize(input);
    if (isNotUnderstood(meaning)) return parked(input.receipt, meaning.notUnderstood);
    try {
      return this.stamp(input, meaning, now);
    } catch (error) {
      // Members that no check knows may still hold what has no JSON: a BigInt, a circle.
      this.report('WB_PLUGIN_SHAPE', input.account, 'stamp', error);
      return parked(input.receipt, 'WB_PLUGIN_SHAPE: a draft is no plain data');
    }
  }

  private normalize({ account, payload }: Verifiedly): Normalized {
    try {
      const meaning = account.source.normalize(payload, { settings: account.settings });
      const fault = meaningFault(meaning);
      return fault === undefined ? meaning : { notUnderstood: `WB_PLUGIN_SHAPE: ${fault}` };
    } catch (error) {
      this.report('WB_PLUGIN_THREW', account, 'normalize', error);
      return {
        notUnderstood: `WB_PLUGIN_THREW: ${account.source.name} could not read this notification`,
      };
    }
  }

  private report(code: string, account: Account, stage: string, error: unknown): void {
    const err = error instanceof Error ? error.message : 'unknown';
    this.log.error({ code, plugin: account.source.name, stage, err });
  }

  /** Events and rows of drafts that need nothing more. */
  events(
    account: Account,
    of: Pick<DraftDoc, 'receipt' | 'receivedAt' | 'trust'>,
    drafts: readonly EventDraft[],
    now: number,
  ): { readonly events: readonly EventDoc[]; readonly rows: readonly DeliveryDoc[] } {
    const stamp = {
      plugin: account.source.name,
      account: account.id,
      receiptId: of.receipt,
      receivedAt: of.receivedAt.getTime(),
      trust: of.trust,
      key: this.key,
    };
    const events: EventDoc[] = [];
    const rows: DeliveryDoc[] = [];
    for (const one of drafts) {
      const draft = account.test ? { ...one, test: true } : one;
      const plan = this.planner.plan(account.id, draft.type, draft.test);
      const event = this.watched(stampEvent(draft, stamp, plan));
      events.push(event);
      rows.push(...stampRows(event, plan, now, isReversal(draft.type)));
    }
    return { events, rows };
  }

  /** The event of an order that another platform told its partners of: planned for nobody, so no row is born with it. */
  imported(account: Account, receipt: ReceiptDoc, draft: EventDraft): CommitRequest<ReceiptDoc> {
    const stamp = {
      ...{ plugin: account.source.name, account: account.id, receiptId: receipt._id },
      ...{ receivedAt: receipt.at.getTime(), trust: receipt.trust, key: this.key },
    };
    const event = stampEvent(account.test ? { ...draft, test: true } : draft, stamp, []);
    return { receipt: { ...receipt, eventIds: [event._id] }, events: [event], rows: [], links: [] };
  }

  private stamp(
    { account, receipt, trust }: Verifiedly,
    meaning: readonly Told[],
    now: number,
  ): CommitRequest<ReceiptDoc> {
    const links: OrderLinkDoc[] = [];
    const whole: EventDraft[] = [];
    const open: DraftDoc[] = [];
    const of = { receipt: receipt._id, receivedAt: receipt.at, trust };
    for (const one of meaning) {
      if (isOrderLink(one)) links.push(linkDoc(account.id, one, receipt.at));
      else if (!isRecordSeen(one) && isEventAtOnce(account, one)) whole.push(one);
      else open.push(draftDoc(account, of, one, now));
    }
    const { events, rows } = this.events(account, of, whole, now);
    const eventIds = events.map((event) => event._id);
    if (open.length === 0)
      return { receipt: { ...receipt, eventIds }, events, rows, links, ...touchesOf(events) };
    const draftIds = open.map(({ _id }) => _id);
    return {
      receipt: { ...receipt, state: 'pending', eventIds, draftIds },
      drafts: open.map((draft) => ({ ...draft, of: open.length })),
      events,
      rows,
      links,
      ...touchesOf(events),
    };
  }

  private watched(event: EventDoc): EventDoc {
    const hot = event.type !== 'CLICK' && this.hot.sees(event);
    return hot ? { ...event, flags: [...event.flags, 'hot-click-id'] } : event;
  }
}

/** Clicks that came as events are kept as touches, too: that is where a conversion looks for them. */
function touchesOf(events: readonly EventDoc[]): Pick<CommitRequest, 'touches'> {
  const touches = events.flatMap((event) => touchOfEvent(event) ?? []);
  return touches.length === 0 ? {} : { touches };
}

function parked(receipt: ReceiptDoc, reason: string): CommitRequest<ReceiptDoc> {
  return {
    receipt: { ...receipt, state: 'parked', reason, eventIds: [] },
    events: [],
    rows: [],
    links: [],
  };
}

function linkDoc(account: string, { link }: OrderLink, at: Date): OrderLinkDoc {
  const refs = [...new Set(link)].sort().map((name) => orderRef(account, name));
  return { _id: eventId(account, `link:${refs.join('|')}`), account, refs, at };
}
