import {
  fromIso,
  notUnderstood,
  textAt,
  type EventDraft,
  type EventType,
  type Money,
} from '#contract';
import {
  idAt,
  lacks,
  moneyAt,
  orderOf,
  transactionKey,
  type Handler,
  type PaddleEvent,
} from './message.js';

interface Meaning {
  readonly type: EventType;
  readonly word: string;
  /** Takes the transaction back; a reversal takes back another adjustment, which the message does not name. */
  readonly reverses: boolean;
}

const ACTIONS: ReadonlyMap<string, Meaning | undefined> = new Map([
  ['refund', { type: 'REFUND', word: 'refund', reverses: true }],
  ['chargeback', { type: 'CHARGEBACK', word: 'chargeback', reverses: true }],
  ['chargeback_reverse', { type: 'CHARGEBACK_REVERSED', word: 'reversed', reverses: false }],
  ['chargeback_warning', undefined],
  ['chargeback_warning_reverse', undefined],
  ['credit', undefined],
  ['credit_reverse', undefined],
]);

/** Statuses in which the money has moved. A refund waits for Paddle's approval; others are made approved. */
const MOVED = 'approved';

/** Built from lasting members only: an approved refund may be told by `.created`, by `.updated`, or by both. */
function draftOf(
  { data, test }: PaddleEvent,
  { type, word, reverses }: Meaning,
  id: string,
  revenue: Money,
): EventDraft {
  const transaction = idAt(data, 'transaction_id');
  const about =
    transaction === undefined
      ? { flags: ['parent-missing'] }
      : {
          order: orderOf(data, transaction),
          ...(reverses ? { reversesKey: transactionKey(transaction) } : {}),
        };
  return {
    key: `${id}:${word}`,
    type,
    nativeType: 'adjustment.created',
    test,
    occurredAt: fromIso(textAt(data, 'created_at')) ?? null,
    revenue,
    ...about,
  };
}

/** `adjustment.created` and `.updated`: one event per adjustment, once its money has moved. */
export const adjusted: Handler = (event, settings) => {
  const { data } = event;
  const action = textAt(data, 'action') ?? '';
  if (!ACTIONS.has(action)) return notUnderstood('an adjustment with an unknown action');
  const meaning = ACTIONS.get(action);
  if (!meaning || textAt(data, 'status') !== MOVED) return [];
  const field = settings.amountField === 'grand_total' ? 'total' : settings.amountField;
  const id = idAt(data, 'id');
  const revenue = moneyAt(data, `totals.${field}`);
  return id === undefined || !revenue
    ? lacks(event, 'id, amount or currency')
    : [draftOf(event, meaning, id, revenue)];
};
