import { fromWallClock } from '#contract';
import type { IpnFields } from './verify.js';

/** When it happened, ISO 8601 UTC, and findings about it. */
export interface Moment {
  readonly occurredAt: string | null;
  readonly flags: readonly string[];
}

const UNKNOWN: Moment = { occurredAt: null, flags: [] };

/** The message's own words for a moment, best first. `server_time` is never used: each repeat has another one. */
function candidates(fields: IpnFields, firstPayment: boolean): readonly (string | undefined)[] {
  const date = fields['transaction_date']?.trim();
  const time = fields['transaction_time']?.trim();
  const paired = date !== undefined && time !== undefined ? `${date} ${time}` : undefined;
  const ordered = firstPayment ? fields['order_date_time'] : undefined;
  return [
    paired,
    date?.includes(':') ? date : undefined,
    fields['transaction_processed_at'],
    ordered,
    date,
  ];
}

function firstReadable(texts: readonly (string | undefined)[], zone: string): Moment {
  for (const text of texts) {
    const found = fromWallClock(text, zone);
    if (found === undefined) continue;
    const dateOnly = text?.includes(':') !== true;
    return {
      occurredAt: found.at,
      flags: [...(found.ambiguous ? ['ambiguous-hour'] : []), ...(dateOnly ? ['date-only'] : [])],
    };
  }
  return UNKNOWN;
}

/** Time of a payment, refund or chargeback. The order's own time is only that of its first payment. */
export const transactionMoment = (fields: IpnFields, zone: string, firstPayment: boolean): Moment =>
  firstReadable(candidates(fields, firstPayment), zone);

/** Time of a cancellation: the transaction fields tell of an earlier payment, so only its own field counts. */
export const stopMoment = (fields: IpnFields, zone: string): Moment =>
  firstReadable([fields['rebill_stop_noted_at']], zone);
