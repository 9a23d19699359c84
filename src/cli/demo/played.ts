import type { CanonicalEvent } from '../../contract/index.js';
import type { Notification } from './beat.js';
import type { LedgerDelivery, LedgerReceipt } from './ledger-reader.js';

/** What became of one notification, as far as it could be seen right after. */
export interface Played {
  readonly notification: Notification;
  /** HTTP status of the door's answer. */
  readonly status: number;
  readonly answer: string;
  readonly receipt: LedgerReceipt | undefined;
  readonly events: readonly CanonicalEvent[];
  readonly deliveries: readonly LedgerDelivery[];
}

/** What the door made of it, in one word of the glossary; `nothing`: understood, and nothing to count. */
export type Verdict = 'recorded' | 'repeat' | 'conflict' | 'parked' | 'nothing' | 'refused';

export function verdictOf({ status, receipt }: Pick<Played, 'status' | 'receipt'>): Verdict {
  if (status < 200 || status >= 300 || !receipt) return 'refused';
  if (receipt.state === 'recorded') return receipt.eventIds.length > 0 ? 'recorded' : 'nothing';
  return receipt.state as Verdict;
}
