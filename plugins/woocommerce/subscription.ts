import { text } from '#contract';
import { idAt, lacks, notThat, peopleOf, subscriptionName, type Handler } from './message.js';

const ENDED: ReadonlySet<string> = new Set(['cancelled', 'expired']);

/**
 * `subscription.created` and `.updated` (extension WooCommerce Subscriptions): ties the subscription to its first order,
 * and tells its end. `pending-cancel` is the wish to end it later.
 */
export const subscribed: Handler = (message, settings) => {
  const { object } = message;
  if (object['billing_period'] === undefined) return notThat(message, 'subscription');
  const id = idAt(object, 'id');
  if (id === undefined) return lacks(message, 'id');
  const first = idAt(object, 'parent_id');
  const name = subscriptionName(id);
  const status = text(object['status']) ?? '';
  if (!ENDED.has(status)) return first === undefined ? [] : [{ link: [first, name] }];
  return [
    {
      key: `${name}:${status}`,
      type: 'CANCELED',
      nativeType: 'subscription.updated',
      test: settings.testStore,
      occurredAt: null,
      order: first === undefined ? { id: name } : { id: first, aliases: [name] },
      ...peopleOf(object, settings),
    },
  ];
};
