import type { EventDraft, RecordSeen } from '../contract/index.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Collection } from '../platform/mongo/mongo-store.js';
import { decide, type Decision, type Kept } from './edge.js';

/**
 * A decision that is written and whose events may not be in the ledger yet. It stays until its draft is done, so that a
 * crash in between comes to the same events and not to "a re-save".
 */
interface OpenDecision {
  readonly draft: string;
  readonly drafts: string;
}

/** Where a record stands. `version` moves with every change: the compare-and-set of several replicas. */
interface RecordStateDoc {
  _id: string;
  account: string;
  version: number;
  kept: string;
  open: OpenDecision[];
}

const DUPLICATE_KEY = 11_000;

/** The kept state of every record, one document each. */
export class RecordStates {
  constructor(private readonly store: LedgerStore) {}

  private get states(): Collection<RecordStateDoc> {
    return this.store.mongo.db.collection<RecordStateDoc>('record_states');
  }

  /** What a change would mean now; nothing is written. Saves look-ups for what is no event anyway. */
  async foresee(
    record: string,
    draft: string,
    told: EventDraft | RecordSeen,
  ): Promise<Omit<Decision, 'kept'>> {
    const doc = await this.states.findOne({ _id: record });
    return decisionOf(doc, draft) ?? decide(keptOf(doc), told);
  }

  /**
   * Decides one change and remembers it, whoever else decides about the same record at the same time. Asked again for the
   * same draft before `done`, it answers as the first time.
   */
  async settle(
    account: string,
    record: string,
    draft: string,
    told: EventDraft | RecordSeen,
  ): Promise<Omit<Decision, 'kept'>> {
    for (;;) {
      const doc = await this.states.findOne({ _id: record });
      const decided = decisionOf(doc, draft);
      if (decided) return decided;
      const { kept, ...decision } = decide(keptOf(doc), told);
      const open = decision.drafts.length === 0 ? [] : [openDecision(draft, decision.drafts)];
      if (await this.swap(account, record, doc, kept, open)) return decision;
    }
  }

  /** False: somebody else was faster. */
  private async swap(
    account: string,
    record: string,
    doc: RecordStateDoc | null,
    kept: Kept,
    open: OpenDecision[],
  ): Promise<boolean> {
    const text = JSON.stringify(kept);
    if (doc) {
      const swapped = await this.states.updateOne(
        { _id: record, version: doc.version },
        { $set: { kept: text }, $inc: { version: 1 }, $push: { open: { $each: open } } },
      );
      return swapped.matchedCount === 1;
    }
    try {
      await this.states.insertOne({ _id: record, account, version: 1, kept: text, open });
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === DUPLICATE_KEY) return false;
      throw error;
    }
  }

  /** The events of a draft are in the ledger, and the draft says so. */
  async done(record: string, draft: string): Promise<void> {
    await this.states.updateOne({ _id: record }, { $pull: { open: { draft } } });
  }
}

const openDecision = (draft: string, drafts: readonly EventDraft[]): OpenDecision => ({
  draft,
  drafts: JSON.stringify(drafts),
});

const keptOf = (doc: RecordStateDoc | null): Kept | undefined =>
  doc ? (JSON.parse(doc.kept) as Kept) : undefined;

function decisionOf(doc: RecordStateDoc | null, draft: string): Omit<Decision, 'kept'> | undefined {
  const found = doc?.open.find((one) => one.draft === draft);
  return found && { drafts: JSON.parse(found.drafts) as EventDraft[] };
}
