import { compact, textAt, type EventDraft } from '#contract';
import { stripeMoney } from './amount.js';
import { attributionOf, customerOf } from './attribution.js';
import type { StripeSettings } from './settings.js';
import {
  idAt,
  known,
  lacks,
  tie,
  type Handler,
  type Snapshot,
  type StripeObject,
} from './snapshot.js';

interface Names {
  readonly session: string | undefined;
  readonly intent: string | undefined;
  readonly invoice: string | undefined;
  readonly subscription: string | undefined;
}

const namesOf = (session: StripeObject): Names => ({
  session: idAt(session, 'id'),
  intent: idAt(session, 'payment_intent'),
  invoice: idAt(session, 'invoice'),
  subscription: idAt(session, 'subscription'),
});

/** Old API versions have no `mode`; then the objects it made say it. */
const modeOf = (session: StripeObject): string =>
  textAt(session, 'mode') ??
  (idAt(session, 'subscription')
    ? 'subscription'
    : idAt(session, 'setup_intent')
      ? 'setup'
      : 'payment');

const isPaid = (event: Snapshot): boolean =>
  event.type === 'checkout.session.async_payment_succeeded' ||
  ['paid', 'no_payment_required'].includes(textAt(event.object, 'payment_status') ?? '');

/** A session without an intent (nothing to pay) has no PaymentIntent event that could count in its place. */
const counts = (mode: string, names: Names, settings: StripeSettings): boolean =>
  mode === 'subscription'
    ? settings.subscriptionSale === 'checkout'
    : settings.sales !== 'payment-intents' || names.intent === undefined;

function saleOf(
  event: Snapshot,
  settings: StripeSettings,
  mode: string,
  names: Names,
): EventDraft | undefined {
  const session = event.object;
  const revenue = stripeMoney(session['amount_total'], session['currency']);
  const { intent, invoice, subscription } = names;
  // The key is that of the message which could count the same money: an intent or a first invoice.
  const subject = (mode === 'subscription' ? invoice : intent) ?? names.session;
  const id = subscription ?? intent ?? names.session;
  if (!revenue || subject === undefined || id === undefined) return undefined;
  return {
    key: `${subject}:sale`,
    type: 'SALE',
    nativeType: event.type,
    test: event.test,
    occurredAt: event.at,
    order: {
      id,
      sequence: 1,
      aliases: known(names.session, intent, invoice).filter((name) => name !== id),
    },
    revenue,
    ...compact({
      attribution: attributionOf(session, settings),
      customer: customerOf(session),
      flags: revenue.amount === 0 ? ['zero-amount'] : undefined,
    }),
  };
}

/**
 * `checkout.session.completed` and `.async_payment_succeeded`. In payment mode the paid session is the sale; bank
 * debits complete unpaid and succeed days later, under the same key. In subscription mode the first paid invoice is
 * the sale (unless the settings say otherwise) and the session only ties names together.
 */
export const sessionDone: Handler = (event, settings) => {
  const mode = modeOf(event.object);
  if (mode === 'setup') return [];
  const names = namesOf(event.object);
  if (!isPaid(event) || !counts(mode, names, settings)) {
    return tie(names.subscription, names.intent, names.session, names.invoice);
  }
  const sale = saleOf(event, settings, mode, names);
  return sale ? [sale] : lacks(event, 'id, amount or currency');
};
