import type { Configuration } from '../accounts/configuration.js';
import type { Account } from '../accounts/model.js';
import type { CommitRequest, CommitResult } from '../ledger/commit.js';
import type { DraftDoc, ReceiptDoc } from '../ledger/documents.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Normalizer } from './normalizer.js';
import type { OrderImport } from './order-import.js';
import { reopenReceipt } from './receipts.js';

export type Reprocessed =
  | { readonly ok: true; readonly result: CommitResult; readonly reason?: string }
  | { readonly ok: false; readonly reason: string };

/** Sends a stored receipt through the corridor again, from normalize on: after a plugin fix, or to mend a half. */
export class Reprocessor {
  constructor(
    private readonly configuration: Configuration,
    private readonly normalizer: Normalizer,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly imports: Pick<OrderImport, 'again'>,
  ) {}

  /** Same keys, so nothing is counted twice. A parked receipt that is understood now becomes `recorded`. */
  async reprocess(receipt: ReceiptDoc): Promise<Reprocessed> {
    const account = this.configuration.account(receipt.account);
    if (!account)
      return { ok: false, reason: `the account ${receipt.account} is no longer configured` };
    if (receipt.via === 'import') return this.imports.again(account, receipt);
    const request = this.read(account, receipt);
    const still = typeof request === 'string' ? request : parkedReason(request);
    if (still !== undefined || typeof request === 'string') {
      const reason = still ?? 'not understood';
      await this.ledger.store.receipts.updateOne(
        { _id: receipt._id, state: 'parked' },
        { $set: { reason } },
      );
      return { ok: false, reason };
    }
    const result = await this.ledger.commit(request);
    if (request.drafts) await this.revive(request.receipt, request.drafts, result.state);
    else
      await this.ledger.store.receipts.updateOne(
        { _id: receipt._id },
        {
          $set: { state: result.state, eventIds: request.receipt.eventIds },
          $unset: { reason: 1 },
        },
      );
    return { ok: true, result };
  }

  /** Drafts that were given up begin anew. Whoever ends the last of them says what became of the receipt. */
  private async revive(
    receipt: ReceiptDoc,
    drafts: readonly DraftDoc[],
    state: ReceiptDoc['state'],
  ): Promise<void> {
    const { store } = this.ledger;
    for (const { _id, told = '', since, wakeAt = since } of drafts) {
      await store.drafts.updateOne(
        { _id, state: 'parked' },
        {
          $set: { state: 'open', told, step: 0, attempts: 0, crashes: 0, since, wakeAt },
          $unset: { result: 1, reason: 1, token: 1 },
        },
      );
    }
    await store.receipts.updateOne(
      { _id: receipt._id, state: 'parked' },
      {
        $set: { state, draftIds: receipt.draftIds ?? [] },
        $addToSet: { eventIds: { $each: receipt.eventIds } },
        $unset: { reason: 1 },
      },
    );
  }

  /** What the plugin makes of the receipt now, or why it cannot be read. */
  private read(account: Account, receipt: ReceiptDoc): CommitRequest<ReceiptDoc> | string {
    const fresh: ReceiptDoc = { ...receipt, state: 'recorded' };
    delete fresh.reason;
    delete fresh.draftIds;
    try {
      const payload = reopenReceipt(account, receipt);
      const input = { account, payload, trust: receipt.trust, receipt: fresh };
      return this.normalizer.toCommit(input, this.clock.now());
    } catch {
      return `WB_PLUGIN_THREW: ${account.source.name} could not reopen this receipt`;
    }
  }
}

const parkedReason = ({ receipt }: CommitRequest<ReceiptDoc>): string | undefined =>
  receipt.state === 'parked' ? (receipt.reason ?? 'not understood') : undefined;
