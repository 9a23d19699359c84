import { compact, fromEpochSeconds, textAt } from '#contract';
import { attributionOf, customerOf } from './attribution.js';
import { idAt, known, lacks, type Handler } from './snapshot.js';

/** `customer.subscription.deleted`: the subscription has ended. A wish to end it later is only an update. */
export const subscriptionDeleted: Handler = (event, settings) => {
  const subscription = event.object;
  const id = idAt(subscription, 'id');
  if (id === undefined) return lacks(event, 'id');
  const ended = textAt(subscription, 'ended_at') ?? textAt(subscription, 'canceled_at');
  return [
    {
      key: `${id}:canceled`,
      type: 'CANCELED',
      nativeType: event.type,
      test: event.test,
      occurredAt: fromEpochSeconds(ended) ?? event.at,
      order: { id, aliases: known(idAt(subscription, 'latest_invoice')) },
      ...compact({
        attribution: attributionOf(subscription, settings),
        customer: customerOf(subscription),
      }),
    },
  ];
};
