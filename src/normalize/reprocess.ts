import type { Configuration } from '../accounts/configuration.js';
import type { Account } from '../accounts/model.js';
import type { CommitRequest, CommitResult } from '../ledger/commit.js';
import type { ReceiptDoc } from '../ledger/documents.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Normalizer } from './normalizer.js';
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
  ) {}

  /** Same keys, so nothing is counted twice. A parked receipt that is understood now becomes `recorded`. */
  async reprocess(receipt: ReceiptDoc): Promise<Reprocessed> {
    const account = this.configuration.account(receipt.account);
    if (!account)
      return { ok: false, reason: `the account ${receipt.account} is no longer configured` };
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
    await this.ledger.store.receipts.updateOne(
      { _id: receipt._id },
      { $set: { state: result.state, eventIds: request.receipt.eventIds }, $unset: { reason: 1 } },
    );
    return { ok: true, result };
  }

  /** What the plugin makes of the receipt now, or why it cannot be read. */
  private read(account: Account, receipt: ReceiptDoc): CommitRequest | string {
    const fresh: ReceiptDoc = { ...receipt, state: 'recorded' };
    delete fresh.reason;
    try {
      const payload = reopenReceipt(account, receipt);
      const input = { account, payload, trust: receipt.trust, receipt: fresh };
      return this.normalizer.toCommit(input, this.clock.now());
    } catch {
      return `WB_PLUGIN_THREW: ${account.source.name} could not reopen this receipt`;
    }
  }
}

const parkedReason = ({ receipt }: CommitRequest): string | undefined =>
  receipt.state === 'parked' ? (receipt.reason ?? 'not understood') : undefined;
