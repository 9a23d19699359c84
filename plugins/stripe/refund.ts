import {
  compact,
  fromEpochSeconds,
  isRecord,
  listAt,
  notUnderstood,
  text,
  textAt,
  type EventDraft,
  type OrderHint,
} from '#contract';
import { stripeMoney } from './amount.js';
import {
  idAt,
  known,
  lacks,
  tie,
  type Handler,
  type Snapshot,
  type StripeObject,
} from './snapshot.js';

/** Since this API version `refund.created` is sent for every refund, also for those of a charge (Stripe's changelog). */
const REFUND_EVENTS_SINCE = '2024-10-28';

const FAILED: ReadonlySet<string> = new Set(['failed', 'canceled']);
const hasFailed = (refund: StripeObject): boolean => FAILED.has(textAt(refund, 'status') ?? '');

/** Refunds and disputes know the charge and the intent only; that is how they find their sale. */
export function orderOf(object: StripeObject): { order: OrderHint } | { flags: readonly string[] } {
  const intent = idAt(object, 'payment_intent');
  const charge = idAt(object, 'charge');
  const id = intent ?? charge;
  if (id === undefined) return { flags: ['parent-missing'] };
  return { order: { id, aliases: known(charge).filter((name) => name !== id) } };
}

/**
 * Built from the refund object alone, so that `refund.created` and a `charge.refunded` that lists the same refund
 * give the same event to the letter: the second is a repeat, not a conflict.
 */
function refundDraft(event: Snapshot, refund: StripeObject): EventDraft | undefined {
  const id = idAt(refund, 'id');
  const revenue = stripeMoney(refund['amount'], refund['currency']);
  if (id === undefined || !revenue) return undefined;
  return {
    key: `${id}:refund`,
    type: 'REFUND',
    nativeType: 'refund.created',
    test: event.test,
    occurredAt: fromEpochSeconds(textAt(refund, 'created')) ?? event.at,
    ...orderOf(refund),
    revenue,
  };
}

/** `refund.created`, whatever its status: a refund that fails later is taken back by its own message. */
export const refundCreated: Handler = (event, settings) => {
  if (settings.refunds === 'charge-refunded') return [];
  const draft = refundDraft(event, event.object);
  return draft ? [draft] : lacks(event, 'id, amount or currency');
};

/**
 * `refund.failed`, `refund.updated`, `charge.refund.updated`: the money of a failed or cancelled refund comes back.
 * An ADJUSTMENT, not a reversed chargeback: no bank was involved. The object has no time of failure and up to three
 * messages tell it, so the time is left open and they stay one event.
 */
export const refundChanged: Handler = (event, settings) => {
  const refund = event.object;
  if (!hasFailed(refund)) return [];
  const id = idAt(refund, 'id');
  const revenue = stripeMoney(refund['amount'], refund['currency']);
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  return [
    {
      key: `${id}:refund-failed`,
      type: 'ADJUSTMENT',
      nativeType: 'refund.failed',
      test: event.test,
      occurredAt: null,
      flags: ['refund-failed'],
      ...orderOf(refund),
      revenue,
      ...compact({
        adjustsKey: settings.refunds === 'charge-refunded' ? undefined : `${id}:refund`,
      }),
    },
  ];
};

/** `amount_refunded` grows with every refund of the charge: what was refunded now is the difference. */
function deltaDraft(event: Snapshot): EventDraft | undefined {
  const charge = event.object;
  const id = idAt(charge, 'id');
  const total = Number(text(charge['amount_refunded']) ?? Number.NaN);
  const before =
    event.previous === undefined
      ? 0
      : Number(text(event.previous['amount_refunded']) ?? Number.NaN);
  const revenue = total > before ? stripeMoney(total - before, charge['currency']) : undefined;
  if (id === undefined || !revenue) return undefined;
  return {
    key: `${id}:refunded:${total}`,
    type: 'REFUND',
    nativeType: event.type,
    test: event.test,
    occurredAt: event.at,
    ...orderOf({ charge: id, payment_intent: charge['payment_intent'] }),
    revenue,
    ...compact({ flags: event.previous === undefined ? ['former-amount-missing'] : undefined }),
  };
}

/** The refunds that a charge of API versions before 2022-11-15 lists, each under its own id. */
function listedDrafts(event: Snapshot): readonly (EventDraft | undefined)[] {
  const charge = event.object;
  const owner = {
    charge: charge['id'],
    payment_intent: charge['payment_intent'],
    currency: charge['currency'],
  };
  return listAt(charge, 'refunds.data')
    .filter((refund) => isRecord(refund))
    .filter((refund) => !hasFailed(refund))
    .map((refund) => refundDraft(event, { ...owner, ...refund }));
}

/**
 * `charge.refunded`, the fallback. Without the list of refunds it has no refund id, so it cannot be told apart from
 * the `refund.created` of the same refund: since that message exists for charges, a person has to choose.
 */
export const chargeRefunded: Handler = (event, settings) => {
  if (settings.refunds === 'refund-objects') {
    return tie(idAt(event.object, 'payment_intent'), idAt(event.object, 'id'));
  }
  const listed = listedDrafts(event);
  const drafts = listed.filter((draft) => draft !== undefined);
  if (drafts.length > 0 && drafts.length === listed.length) return drafts;
  if (settings.refunds === 'auto' && event.apiDate >= REFUND_EVENTS_SINCE) {
    return notUnderstood(
      'charge.refunded without its refunds: let the endpoint send refund.created and set refunds to "refund-objects", or set it to "charge-refunded"',
    );
  }
  const draft = deltaDraft(event);
  return draft ? [draft] : lacks(event, 'amount (or former amount) refunded');
};
