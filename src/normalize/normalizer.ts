import type { Account } from '../accounts/model.js';
import {
  isNotUnderstood,
  isOrderLink,
  isReversal,
  type EventDraft,
  type Normalized,
  type OrderLink,
  type Trust,
  type Verified,
} from '../contract/index.js';
import type { CommitRequest } from '../ledger/commit.js';
import { orderRef, type OrderLinkDoc, type ReceiptDoc } from '../ledger/documents.js';
import { eventId } from '../platform/ids/ids.js';
import type { Log } from '../platform/log/log.js';
import type { ProcessKey } from '../platform/secrets/process-key.js';
import type { Planner } from '../route/planner.js';
import { draftFault } from './draft-check.js';
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
  constructor(
    private readonly planner: Planner,
    private readonly key: ProcessKey,
    private readonly log: Log,
  ) {}

  /** `now`: epoch ms; due times of the rows start there. The receipt's arrival stamps the events. */
  toCommit(input: Verifiedly, now: number): CommitRequest {
    const meaning = this.normalize(input);
    const fault = isNotUnderstood(meaning) ? meaning.notUnderstood : faultOf(meaning);
    if (fault !== undefined || isNotUnderstood(meaning)) {
      const receipt: ReceiptDoc = {
        ...input.receipt,
        state: 'parked',
        reason: fault ?? 'not understood',
        eventIds: [],
      };
      return { receipt, events: [], rows: [], links: [] };
    }
    return this.stamp(input, meaning, now);
  }

  private normalize({ account, payload }: Verifiedly): Normalized {
    try {
      return account.source.normalize(payload, { settings: account.settings });
    } catch (error) {
      const err = error instanceof Error ? error.message : 'unknown';
      this.log.error({
        code: 'WB_PLUGIN_THREW',
        plugin: account.source.name,
        stage: 'normalize',
        err,
      });
      return {
        notUnderstood: `WB_PLUGIN_THREW: ${account.source.name} could not read this notification`,
      };
    }
  }

  private stamp(
    input: Verifiedly,
    meaning: readonly (EventDraft | OrderLink)[],
    now: number,
  ): CommitRequest {
    const { account, receipt, trust } = input;
    const stamp = {
      plugin: account.source.name,
      account: account.id,
      receiptId: receipt._id,
      receivedAt: receipt.at.getTime(),
      trust,
      key: this.key,
    };
    const events = [];
    const rows = [];
    const links: OrderLinkDoc[] = [];
    for (const one of meaning) {
      if (isOrderLink(one)) {
        links.push(linkDoc(account.id, one, receipt.at));
        continue;
      }
      const draft = account.test ? { ...one, test: true } : one;
      const plan = this.planner.plan(account.id, draft.type, draft.test);
      const event = stampEvent(draft, stamp, plan);
      events.push(event);
      rows.push(...stampRows(event, plan, now, isReversal(draft.type)));
    }
    return {
      receipt: { ...receipt, eventIds: events.map((event) => event._id) },
      events,
      rows,
      links,
    };
  }
}

function faultOf(meaning: readonly (EventDraft | OrderLink)[]): string | undefined {
  if (!Array.isArray(meaning)) return 'WB_PLUGIN_SHAPE: normalize gave no list';
  for (const one of meaning as readonly (EventDraft | OrderLink)[]) {
    if (isOrderLink(one)) continue;
    const fault = draftFault(one);
    if (fault) return `WB_PLUGIN_SHAPE: ${fault}`;
  }
  return undefined;
}

function linkDoc(account: string, { link }: OrderLink, at: Date): OrderLinkDoc {
  const refs = [...new Set(link)].sort().map((name) => orderRef(account, name));
  return { _id: eventId(account, `link:${refs.join('|')}`), account, refs, at };
}
