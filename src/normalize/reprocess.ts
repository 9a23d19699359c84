import type { Configuration } from '../accounts/configuration.js';
import type { CommitResult } from '../ledger/commit.js';
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
    const fresh: ReceiptDoc = { ...receipt, state: 'recorded' };
    delete fresh.reason;
    const input = {
      account,
      payload: reopenReceipt(account, receipt),
      trust: receipt.trust,
      receipt: fresh,
    };
    const request = this.normalizer.toCommit(input, this.clock.now());
    if (request.receipt.state === 'parked')
      return { ok: false, reason: request.receipt.reason ?? 'not understood' };
    const result = await this.ledger.commit(request);
    await this.ledger.store.receipts.updateOne(
      { _id: receipt._id },
      { $set: { state: result.state, eventIds: request.receipt.eventIds }, $unset: { reason: 1 } },
    );
    return { ok: true, result };
  }
}
