import { fromEpochSeconds, textAt } from '#contract';
import { stripeMoney } from './amount.js';
import { orderOf } from './refund.js';
import { idAt, lacks, type Handler } from './snapshot.js';

/** Inquiries move no money; a prevented dispute is settled by a refund, which tells itself. */
const withoutMoney = (status: string): boolean =>
  status.startsWith('warning_') || status === 'prevented';

/**
 * `charge.dispute.created` and `.funds_withdrawn`: one chargeback per dispute, built from lasting members of the
 * dispute only, so that both messages give the same event. An inquiry that becomes a dispute keeps its id and is told
 * by the withdrawal alone. The amount is the disputed one, without Stripe's fee.
 */
export const disputeOpened: Handler = (event) => {
  const dispute = event.object;
  const withdrawn = event.type === 'charge.dispute.funds_withdrawn';
  if (!withdrawn && withoutMoney(textAt(dispute, 'status') ?? '')) return [];
  const id = idAt(dispute, 'id');
  const revenue = stripeMoney(dispute['amount'], dispute['currency']);
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  return [
    {
      key: `${id}:chargeback`,
      type: 'CHARGEBACK',
      nativeType: 'charge.dispute.created',
      test: event.test,
      occurredAt: fromEpochSeconds(textAt(dispute, 'created')) ?? event.at,
      ...orderOf(dispute),
      revenue,
    },
  ];
};

/**
 * `charge.dispute.closed` with status won and `.funds_reinstated`: the chargeback is taken back, once. The dispute
 * has no time of its end and the two messages differ by seconds, so the time is left open. Lost: nothing new.
 */
export const disputeEnded: Handler = (event) => {
  const dispute = event.object;
  const reinstated = event.type === 'charge.dispute.funds_reinstated';
  if (!reinstated && textAt(dispute, 'status') !== 'won') return [];
  const id = idAt(dispute, 'id');
  const revenue = stripeMoney(dispute['amount'], dispute['currency']);
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  return [
    {
      key: `${id}:chargeback-reversed`,
      type: 'CHARGEBACK_REVERSED',
      nativeType: 'charge.dispute.closed',
      test: event.test,
      occurredAt: null,
      ...orderOf(dispute),
      revenue,
      reversesKey: `${id}:chargeback`,
    },
  ];
};
